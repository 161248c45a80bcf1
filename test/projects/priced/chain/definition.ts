import { best, defineChain, google, retrieve, someEvidence, wikipedia } from 'trimtab';
import { z } from 'zod';

const Question = z.object({ question: z.string() });

/** Every question is searched for; there is money for two searches. */
export const searches = defineChain({
  input: z.object({ questions: z.array(z.string()) }),
  output: z.object({ found: z.array(z.number()) }),
  budget: { usd: 0.025, attempts: 10, within: '5 minutes' },
  steps: {
    web: retrieve({ input: Question, from: [google({ usd: 0.01 }), wikipedia()], keep: 4, checks: [someEvidence()], ladder: [best()] }),
  },
});
