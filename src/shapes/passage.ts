import { z } from 'zod';

/**
 * A piece of evidence. `id` is stable for the same text in the same place; `source` names the tool (`knowledge`, `shop`,
 * `google`, `wikipedia`); `at` is when it was read or last changed (ISO 8601). `trust: 'ours'` marks text that staff
 * wrote; everything else is data, never instructions.
 */
export const Passage = z.object({
  id: z.string(),
  source: z.string(),
  title: z.string(),
  text: z.string(),
  url: z.string().optional(),
  at: z.string(),
  trust: z.enum(['ours', 'untrusted']),
  score: z.number().optional(),
});
export type Passage = z.infer<typeof Passage>;

/** What one source of a `retrieve` step said. `note` says why a source without an answer had none. */
export const SourceReport = z.object({
  source: z.string(),
  status: z.enum(['answered', 'empty', 'unavailable']),
  passages: z.number().int(),
  note: z.string().optional(),
});
export type SourceReport = z.infer<typeof SourceReport>;
