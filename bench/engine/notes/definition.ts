import { check, critic, defineChain, fail, generate, Passage, Reply, retrieve, revise, source } from 'trimtab';
import { z } from 'zod';
import { passages } from '../scripted.ts';

const Question = z.strictObject({ question: z.string().min(1) });
const shelf = source<z.infer<typeof Question>>({ name: 'shelf', place: 'local', search: async ({ question }) => passages(question) });
const cites = check<{ text: string }>('cites', ({ text }) => (/\[\d\]/.test(text) ? [] : [{ reason: 'cite a passage' }]));

/** The chain that is measured: a search, a draft and a summary, each looked at by a rule and a judge. */
export const notes = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 1, attempts: 12, within: '1 hour' },
  steps: {
    facts: retrieve({ input: Question, from: [shelf], keep: 3 }),
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'draft',
      checks: [cites],
      critics: [critic({ name: 'judge', prompt: 'judge' })],
      ladder: [revise(2), fail()],
    }),
    summary: generate({
      input: z.object({ question: z.string(), text: z.string() }),
      output: Reply,
      prompt: 'summary',
      checks: [cites],
      critics: [critic({ name: 'judge', prompt: 'judge' })],
      ladder: [revise(2), fail()],
    }),
  },
});
