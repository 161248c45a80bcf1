import { z } from 'zod';
import { Attempt } from './attempt.ts';

export const StepKind = z.enum(['generate', 'retrieve', 'review', 'act']);
export type StepKind = z.infer<typeof StepKind>;
export const StepStatus = z.enum(['running', 'accepted', 'failed', 'superseded']);
export type StepStatus = z.infer<typeof StepStatus>;

/** One call of a step by the chain. `superseded_by` is the occurrence that replaced it after a backtrack. */
export const Step = z.object({
  step: z.string(),
  occurrence: z.number().int(),
  pass: z.number().int(),
  superseded_by: z.number().int().nullable(),
  kind: StepKind,
  status: StepStatus,
  attempts: z.array(Attempt),
});
export type Step = z.infer<typeof Step>;
