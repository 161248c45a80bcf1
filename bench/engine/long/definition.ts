import { check, critic, defineChain, fail, generate, Reply, revise } from 'trimtab';
import { z } from 'zod';

const Question = z.strictObject({ question: z.string().min(1) });
const cites = check<{ text: string }>('cites', ({ text }) => (/\[\d\]/.test(text) ? [] : [{ reason: 'cite a passage' }]));

/** Twenty drafts one after the other, each looked at by a rule and a judge: 40 calls, what one call more costs. */
export const long = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 1, attempts: 100, within: '1 hour' },
  steps: {
    draft: generate({
      input: Question,
      output: Reply,
      prompt: 'draft',
      checks: [cites],
      critics: [critic({ name: 'judge', prompt: 'judge' })],
      ladder: [revise(2), fail()],
    }),
  },
});
