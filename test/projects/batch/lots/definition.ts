import { defineChain, generate, Passage, Reply, review } from 'trimtab';
import { z } from 'zod';

export const lots = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: Reply,
  budget: { usd: 1, attempts: 6, within: '1 hour' },
  steps: {
    draft: generate({ input: z.object({ question: z.string(), found: z.array(Passage) }), output: Reply, prompt: 'draft' }),
    approve: review({ of: 'draft', value: Reply, queue: 'support' }),
  },
});
