import { z } from 'zod';

export const DecisionKind = z.enum(['approve', 'edit', 'reject', 'respond']);
export type DecisionKind = z.infer<typeof DecisionKind>;

/** A person is a critic (C7). `value` is what stands after the decision, `original` what was proposed. */
export const Decision = z.object({
  id: z.string(),
  decision: DecisionKind,
  value: z.unknown(),
  original: z.unknown(),
  reason: z.string().nullable(),
  comment: z.string().nullable(),
  by: z.string(),
  /** `user:NAME` or the id of a key: a key may carry a person's name. Absent on old ones. */
  by_id: z.string().optional(),
  at: z.string(),
});
export type Decision = z.infer<typeof Decision>;
