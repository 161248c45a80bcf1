import { z } from 'zod';

/** One budget for a whole run. `within_ms` counts the machine's time, not a person's. `attempts` counts answers asked of models and sources. */
export const Budget = z.object({
  usd: z.number().positive().nullable(),
  tokens: z.number().int().positive().nullable(),
  attempts: z.number().int().positive(),
  within_ms: z.number().int().positive(),
});
export type Budget = z.infer<typeof Budget>;
