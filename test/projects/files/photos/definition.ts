import { Attachment, critic, defineChain, generate, human, Reply, review } from 'trimtab';
import { z } from 'zod';

export const photos = defineChain({
  input: z.strictObject({ question: z.string().min(1), files: z.array(Attachment).max(3) }),
  output: Reply,
  budget: { usd: 0.1, attempts: 6, within: '1 hour' },
  steps: {
    answer: generate({
      input: z.object({ question: z.string(), files: z.array(Attachment) }),
      output: Reply,
      prompt: 'answer',
      critics: [critic({ name: 'seen' })],
      ladder: [human('photos')],
    }),
    approve: review({ of: 'answer', value: Reply, queue: 'photos' }),
  },
});
