import { act, defineChain, fail, generate, Passage, reask, Reply } from 'trimtab';
import { z } from 'zod';

/** Tells the desk without asking anybody. */
export const pushy = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: z.object({ id: z.string() }),
  budget: { usd: 1, attempts: 6, within: '1 hour' },
  steps: {
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'draft',
      ladder: [reask(1), fail()],
    }),
    tell: act({
      input: Reply,
      output: z.object({ id: z.string() }),
      async do({ text }, { key, services }) {
        await fetch(services.endpoint('desk') ?? '', { method: 'POST', body: text, headers: { 'idempotency-key': key } });
        return { id: key };
      },
    }),
  },
});
