import { act, critic, defineChain, fail, generate, model, reask, review } from 'trimtab';
import { z } from 'zod';

const Question = z.strictObject({ question: z.string().min(1) });
/** Without the cap of a `Reply`. */
const Text = z.object({ text: z.string() });

/** `draft`: as long as its model writes, seen by a critic and a person; `send` gives back what it sent. */
export const sizes = defineChain({
  input: Question,
  output: Text,
  budget: { usd: 1_000, attempts: 12, within: '1 hour' },
  steps: {
    draft: generate({
      input: Question,
      output: Text,
      prompt: 'draft',
      model: 'writer',
      critics: [critic({ name: 'grounded' })],
      ladder: [reask(1), model('writer'), fail()],
    }),
    approve: review({ of: 'draft', value: Text, queue: 'support', due: '4h' }),
    send: act({
      input: Text,
      output: Text,
      async do({ text }, { key, services }) {
        const response = await fetch(services.endpoint('desk') ?? '', { method: 'POST', body: text, headers: { 'idempotency-key': key } });
        if (!response.ok) throw new Error(`the desk answered ${response.status}`);
        return { text };
      },
    }),
  },
});
