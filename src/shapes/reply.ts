import { z } from 'zod';

/** A reply in Markdown where `[n]` cites the n-th passage shown to the writer (from 1). */
export const Reply = z.strictObject({ text: z.string().min(1).max(20_000) });
export type Reply = z.infer<typeof Reply>;
