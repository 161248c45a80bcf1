import { z } from 'zod';

/** What the live stream says: something changed, read it again. Never a value. */
export const LiveEvent = z.object({
  type: z.enum(['run', 'review']),
  id: z.string(),
  run_id: z.string(),
  chain: z.string(),
  status: z.string(),
  queue: z.string().nullable(),
  at: z.string(),
});
export type LiveEvent = z.infer<typeof LiveEvent>;
