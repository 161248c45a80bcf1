import { z } from 'zod';

export const Feedback = z.object({
  id: z.string(),
  run_id: z.string(),
  type: z.string(),
  value: z.unknown(),
  user: z.string().nullable(),
  step: z.string().nullable(),
  attempt: z.number().int().nullable(),
  created_at: z.string(),
});
export type Feedback = z.infer<typeof Feedback>;
