import { z } from 'zod';

/** How many runs of a batch are in each status. */
export const BatchCounts = z.object({
  running: z.number().int(),
  waiting: z.number().int(),
  blocked: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
});
export type BatchCounts = z.infer<typeof BatchCounts>;

/** Many inputs of one chain. Each is a run on the record. `ended_at`: since when none is worked as a part of it; those that wait go on by themselves. */
export const Batch = z.object({
  id: z.string(),
  chain: z.string(),
  cases: z.number().int(),
  counts: BatchCounts,
  started_at: z.string(),
  ended_at: z.string().nullable(),
});
export type Batch = z.infer<typeof Batch>;
