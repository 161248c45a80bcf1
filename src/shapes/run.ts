import { z } from 'zod';
import { Plan } from './plan.ts';

export const RunStatus = z.enum(['running', 'waiting', 'blocked', 'succeeded', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof RunStatus>;

/** Why a run is blocked or failed: a code of the table in errors.ts, one sentence, the step it happened in. */
export const RunError = z.object({ code: z.string(), message: z.string(), next: z.string(), step: z.string().nullable() });
export type RunError = z.infer<typeof RunError>;

export const RunUsage = z.object({
  input_tokens: z.number().int(),
  output_tokens: z.number().int(),
  /** Known costs only; `unknown_cost_calls` counts the calls whose cost nobody knows. */
  cost_usd: z.number(),
  unknown_cost_calls: z.number().int(),
  attempts: z.number().int(),
});
export type RunUsage = z.infer<typeof RunUsage>;

export const Run = z.object({
  id: z.string(),
  chain: z.string(),
  status: RunStatus,
  input: z.unknown(),
  output: z.unknown(),
  error: RunError.nullable(),
  review_id: z.string().nullable(),
  user: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  usage: RunUsage,
  plan: Plan.nullable(),
  demo: z.boolean(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
});
export type Run = z.infer<typeof Run>;
