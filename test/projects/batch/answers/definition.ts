import { defineChain, fail, generate, Passage, reask, Reply } from 'trimtab';
import { z } from 'zod';

export const answers = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: Reply,
  budget: { usd: 1, attempts: 6, within: '1 hour' },
  steps: {
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'draft',
      ladder: [reask(1), fail()],
    }),
  },
});
