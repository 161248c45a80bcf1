import { defineChain, fail, generate, Passage, reask, Reply, retrieve, review, source } from 'trimtab';
import { z } from 'zod';

const Question = z.strictObject({ question: z.string().min(1) });

const shelf = source<z.infer<typeof Question>>({
  name: 'shelf',
  place: 'local',
  search: async ({ question }) => [
    { id: 'p1', source: 'shelf', title: 'Shelf', text: `About ${question}.`, at: '2026-01-01T00:00:00Z', trust: 'ours' as const },
  ],
});

export const long = defineChain({
  input: Question,
  output: z.object({ turns: z.number(), decisions: z.number() }),
  budget: { usd: 100, attempts: 5_000, within: '2 hours' },
  steps: {
    facts: retrieve({ input: Question, from: [shelf], keep: 5, ladder: [fail()] }),
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'draft',
      model: 'writer',
      ladder: [reask(1), fail()],
    }),
    approve: review({ of: 'draft', value: Reply, queue: 'support', due: '4h' }),
  },
});
