import { best, critic, defineChain, fail, generate, Reply } from 'trimtab';
import { z } from 'zod';

export const letters = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: Reply,
  budget: { usd: 1, attempts: 12, within: '1 hour' },
  steps: {
    letter: generate({
      input: z.object({ question: z.string() }),
      output: Reply,
      prompt: 'letter',
      sample: best({ of: 3, judge: critic({ name: 'taste' }) }),
      ladder: [fail()],
    }),
  },
});
