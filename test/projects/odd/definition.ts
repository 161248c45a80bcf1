import { check, defineChain, fail, generate, human, Passage, Reply, retrieve, revise, source } from 'trimtab';
import { z } from 'zod';

const Question = z.strictObject({ question: z.string().min(1) });
const mebibyte = 1024 * 1024;

const shelves: Record<string, { all: [] }> = {};

/**
 * As many passages of a mebibyte as the question names; none when it names no number. `no shelf` meets a slip in this code,
 * `away` a network that fails.
 */
const pile = source<z.infer<typeof Question>>({
  name: 'pile',
  place: 'local',
  async search({ question }) {
    if (question === 'no shelf') return shelves[question]!.all;
    if (question === 'away') await fetch('http://127.0.0.1:1/');
    return Array.from({ length: Number(/(\d+) MiB/.exec(question)?.[1] ?? 0) }, (_, n) => ({
      id: `p${n}`,
      source: 'pile',
      title: 'Pile',
      text: `${n} ${'heap '.repeat(mebibyte / 5)}`,
      at: '2026-01-01T00:00:00Z',
      trust: 'untrusted' as const,
    }));
  },
});

/** Looks at a field that a reply need not have. */
const fragile = check<{ text: string }>('fragile', ({ text }) => {
  if (text.includes('breaks the check')) throw new Error('cannot read the reply');
  return [];
});

export const odd = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 100, attempts: 8, within: '10 minutes' },
  steps: {
    facts: retrieve({ input: Question, from: [pile], keep: 50, ladder: [fail()] }),
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage), tone: z.string().optional() }),
      output: Reply,
      prompt: 'draft',
      model: 'writer',
      checks: [fragile],
      ladder: [revise(1), human('help')],
    }),
  },
});
