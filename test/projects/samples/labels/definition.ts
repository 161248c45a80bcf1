import { defineChain, generate, human, vote } from 'trimtab';
import { z } from 'zod';

export const Label = z.object({ label: z.string(), why: z.string() });

export const labels = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: Label,
  budget: { usd: 1, attempts: 12, within: '1 hour' },
  steps: {
    label: generate({
      input: z.object({ question: z.string() }),
      output: Label,
      prompt: 'label',
      sample: vote({
        samples: 6,
        margin: 2,
        key: ({ label }) => {
          if (label === 'odd') throw new TypeError('no key for that');
          return label.toLowerCase();
        },
      }),
      ladder: [human('labels')],
    }),
  },
});
