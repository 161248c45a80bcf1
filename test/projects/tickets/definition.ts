import {
  act,
  backtrack,
  check,
  critic,
  defineChain,
  generate,
  human,
  model,
  Passage,
  reask,
  Reply,
  retrieve,
  review,
  revise,
  SourceUnavailable,
  source,
} from 'trimtab';
import { z } from 'zod';

const Question = z.strictObject({ question: z.string().min(1) });
const Sent = z.object({ id: z.string() });

/** Two passages, one more for what was missing; a source without a key beside it. */
const shelf = source<z.infer<typeof Question>>({
  name: 'shelf',
  place: 'local',
  search: async (input, { missing }) =>
    ['Returns are free for 30 days.', `About ${input.question}.`, ...missing.map((words) => `On ${words}.`)].map((text, index) => ({
      id: `p${index + 1}`,
      source: 'shelf',
      title: 'Shelf',
      text,
      at: '2026-01-01T00:00:00Z',
      trust: 'ours' as const,
    })),
});
const locked = source<z.infer<typeof Question>>({
  name: 'locked',
  place: 'local',
  search: async () => {
    throw new SourceUnavailable('no key: set LOCKED_KEY');
  },
});

const polite = check<{ text: string }>('polite', ({ text }) =>
  text.includes('rude') ? [{ reason: 'be polite', at: { quote: 'rude' } }] : [],
);

export const tickets = defineChain({
  input: Question,
  output: Sent,
  budget: { usd: 1, attempts: 12, within: '1 hour' },
  steps: {
    facts: retrieve({ input: Question, from: [shelf, locked], keep: 5 }),
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'draft',
      checks: [polite],
      critics: [critic({ name: 'grounded' })],
      ladder: [reask(1), revise(2), model('large'), backtrack('facts'), human('support')],
    }),
    approve: review({ of: 'draft', value: Reply, queue: 'support', due: '4h' }),
    send: act({
      input: z.object({ text: z.string() }),
      output: Sent,
      async do({ text }, { key, services }) {
        const response = await fetch(services.endpoint('desk') ?? '', { method: 'POST', body: text, headers: { 'idempotency-key': key } });
        if (!response.ok) throw new Error(`the desk answered ${response.status}`);
        return { id: key };
      },
    }),
  },
});
