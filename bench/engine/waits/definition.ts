import { defineChain, generate, Passage, Reply, retrieve, review, source } from 'trimtab';
import { z } from 'zod';
import { passages } from '../scripted.ts';

const Question = z.strictObject({ question: z.string().min(1) });
const shelf = source<z.infer<typeof Question>>({ name: 'shelf', place: 'local', search: async ({ question }) => passages(question) });

/** A search, a draft, and a person to wait for. */
export const waits = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 1, attempts: 12, within: '1 hour' },
  steps: {
    facts: retrieve({ input: Question, from: [shelf], keep: 3 }),
    draft: generate({ input: z.object({ question: z.string(), found: z.array(Passage) }), output: Reply, prompt: 'draft' }),
    approve: review({ of: 'draft', value: Reply, queue: 'bench' }),
  },
});
