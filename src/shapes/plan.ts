import { z } from 'zod';
import { Budget } from './budget.ts';
import { Rung } from './rung.ts';

/** Where calls run: a local activity, or a regular one with heartbeat. Switching it breaks replay, so it is pinned. */
const place = z.enum(['local', 'regular']);

/** A model as pinned at the start: which provider, which name, what it costs. Prices in USD per million tokens; null: unknown. */
export const PinnedModel = z.object({
  role: z.string(),
  provider: z.string(),
  model: z.string(),
  temperature: z.number().nullable(),
  max_output_tokens: z.number().int().positive(),
  input_usd_per_mtok: z.number().nonnegative().nullable(),
  output_usd_per_mtok: z.number().nonnegative().nullable(),
  /** Of input that the provider had in its cache; absent: it costs what input costs. */
  cached_usd_per_mtok: z.number().nonnegative().optional(),
  /** Which of OpenAI's wire formats, and whether JSON is asked for by schema or in words; absent: the provider's usual way. */
  api: z.enum(['chat', 'responses']).optional(),
  structured: z.enum(['schema', 'text']).optional(),
  /** How long the model may take and be silent, where the usual limits are shorter; absent: those. */
  timeout_ms: z.number().int().positive().optional(),
  /** Calls are shown as "demo model" wherever this is set. */
  demo: z.boolean(),
  /** `local`: it was measured to answer within seconds. */
  place: place.optional(),
});
export type PinnedModel = z.infer<typeof PinnedModel>;

/** `version` is the content hash; `chars` the length of the template, for the estimate of a call's cost. */
export const PinnedPrompt = z.object({ name: z.string(), version: z.string(), chars: z.number().int() });
export type PinnedPrompt = z.infer<typeof PinnedPrompt>;

export const PinnedCritic = z.object({ name: z.string(), version: z.string(), model: PinnedModel, prompt: PinnedPrompt });
export type PinnedCritic = z.infer<typeof PinnedCritic>;

const timeout_ms = z.number().int().positive();

/** A tool that the step's model may ask for. `chars`: of what the model is told about it, for the estimate. */
/** `usd`: what a call costs at most; absent: nothing. */
export const PinnedTool = z.object({
  name: z.string(),
  effect: z.enum(['reads', 'writes']),
  place,
  timeout_ms,
  chars: z.number().int(),
  usd: z.number().nonnegative().optional(),
});
export type PinnedTool = z.infer<typeof PinnedTool>;

export const GenerateStep = z.object({
  kind: z.literal('generate'),
  effect: z.literal('none'),
  place,
  timeout_ms,
  model: PinnedModel,
  /** Models that `model` rungs name, by role. */
  models: z.record(z.string(), PinnedModel),
  prompt: PinnedPrompt,
  checks: z.array(z.string()),
  critics: z.array(PinnedCritic),
  ladder: z.array(Rung),
  /** How the first answer is drawn, where it is not by one draft: a rung `vote` or `best_of`. */
  sample: Rung.optional(),
  /** Critics that the rungs `best_of` name. */
  sample_judges: z.record(z.string(), PinnedCritic).optional(),
  /** `turns`: how often the model may speak in one attempt; in the last it gets no tools. Absent: it has none. */
  tools: z.object({ list: z.array(PinnedTool), turns: z.number().int().min(2) }).optional(),
});
/** `usd`: what one query of all its sources costs at most; absent: nothing. */
export const RetrieveStep = z.object({
  kind: z.literal('retrieve'),
  effect: z.literal('reads'),
  place,
  timeout_ms,
  sources: z.array(z.string()),
  keep: z.number().int().positive(),
  checks: z.array(z.string()),
  ladder: z.array(Rung),
  usd: z.number().nonnegative().optional(),
});
export const ActStep = z.object({ kind: z.literal('act'), effect: z.literal('writes'), place, timeout_ms });
export const ReviewStep = z.object({
  kind: z.literal('review'),
  effect: z.literal('asks'),
  of: z.string(),
  queue: z.string(),
  due_ms: z.number().int().nullable(),
  escalate: z.object({ after_ms: z.number().int(), to: z.string() }).nullable(),
  expires_ms: z.number().int(),
  /** How often a person may send the work back. */
  returns: z.number().int().positive(),
});
export const PlannedStep = z.discriminatedUnion('kind', [GenerateStep, RetrieveStep, ActStep, ReviewStep]);
export type PlannedGenerate = z.infer<typeof GenerateStep>;
export type PlannedRetrieve = z.infer<typeof RetrieveStep>;
export type PlannedAct = z.infer<typeof ActStep>;
export type PlannedReview = z.infer<typeof ReviewStep>;
export type PlannedStep = z.infer<typeof PlannedStep>;

/**
 * Everything that may change while a run lives, resolved once at its start (C4). `loop` is the version of the reducer: from 2 on
 * the critics of a draft may be called in the same breath, and are reserved for with it.
 */
export const Plan = z.object({
  loop: z.union([z.literal(1), z.literal(2)]),
  run_id: z.string(),
  chain: z.string(),
  build: z.string(),
  budget: Budget,
  steps: z.record(z.string(), PlannedStep),
  limits: z.object({
    /** Calls in a row without an answer before the next model, or `blocked`. */
    silent_tries: z.number().int().positive(),
    max_wait_ms: z.number().int().positive(),
    human_expires_ms: z.number().int().positive(),
  }),
  /** Deterministic spread for waits. */
  seed: z.number(),
  thresholds: z.record(z.string(), z.number()),
  arm: z.string().nullable(),
});
export type Plan = z.infer<typeof Plan>;
