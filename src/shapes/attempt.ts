import { z } from 'zod';
import { OutcomeKind } from './outcome.ts';
import { SourceReport } from './passage.ts';
import { Usage } from './usage.ts';
import { Verdict } from './verdict.ts';

/**
 * One call to a critic, or another call of an attempt beside its draft: `turn/<turn>/<try>` of a model with tools,
 * `tool/<turn>/<n>/<name>/<try>` of a call that it asked for. `sent` and `output` of those two: what was told or given, and what came of it.
 */
export const AttemptCall = z.object({
  call: z.string(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  sent: z.unknown(),
  output: z.unknown(),
  outcome: z.string().nullable(),
  usage: Usage.nullable(),
  cost_usd: z.number().nullable(),
  latency_ms: z.number().nullable(),
  error: z.string().nullable(),
});
export type AttemptCall = z.infer<typeof AttemptCall>;

/** One try at a step. `attempt` numbers rows; `answer` numbers the tries that brought an answer (evidence counts those). */
export const Attempt = z.object({
  attempt: z.number().int(),
  answer: z.number().int().nullable(),
  remedy: z.string(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  demo: z.boolean(),
  prompt: z.object({ name: z.string(), version: z.string() }).nullable(),
  /** What was sent: the step's input, and for a model the rendered messages and the advice. */
  input: z.unknown(),
  sent: z.unknown(),
  output: z.unknown(),
  outcome: OutcomeKind.nullable(),
  verdicts: z.array(Verdict),
  sources: z.array(SourceReport),
  calls: z.array(AttemptCall),
  usage: Usage.nullable(),
  cost_usd: z.number().nullable(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  latency_ms: z.number().nullable(),
  error: z.string().nullable(),
});
export type Attempt = z.infer<typeof Attempt>;
