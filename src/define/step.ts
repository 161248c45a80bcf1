import type { z } from 'zod';
import type { Check } from './check.ts';
import type { Critic } from './critic.ts';
import type { Duration } from './duration.ts';
import type { BestOf, LadderRung, PlainRung, Vote } from './rungs.ts';
import type { Services, Source } from './source.ts';
import type { AnyTool } from './tool.ts';
import { Passage } from '../shapes/passage.ts';
import { z as zod } from 'zod';

/** What `act` hands to the author's function: the same `key` for the same effect, always (C8). */
export interface EffectContext {
  key: string;
  run_id: string;
  step: string;
  signal: AbortSignal;
  services: Services;
}
export type Effect<I, O> = (input: I, context: EffectContext) => Promise<O>;

interface StepBase<K extends string, I, O> {
  readonly kind: K;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
}

export interface GenerateDefinition<I = unknown, O = unknown> extends StepBase<'generate', I, O> {
  readonly prompt: string;
  /** The prompt's text; a file of the prompt's name in the chain's folder takes its place. */
  readonly template?: string | undefined;
  readonly model: string;
  readonly checks: readonly Check<O>[];
  readonly critics: readonly Critic[];
  readonly tools: readonly AnyTool<I>[];
  readonly turns: number;
  readonly ladder: readonly LadderRung<O>[];
  /** How the first answer is drawn; null: by one draft. */
  readonly sample: Vote<O> | BestOf | null;
  readonly timeout: Duration;
}
export interface RetrieveDefinition<I = unknown> extends StepBase<'retrieve', I, Passage[]> {
  readonly from: readonly Source<I>[];
  readonly keep: number;
  readonly checks: readonly Check<Passage[]>[];
  readonly ladder: readonly PlainRung[];
  readonly timeout: Duration;
}
export interface ReviewDefinition<V = unknown> extends StepBase<'review', V, V> {
  readonly of: string;
  readonly queue: string;
  readonly due: Duration | null;
  readonly escalate: { after: Duration; to: string } | null;
  readonly expires: Duration;
  readonly returns: number;
}
export interface ActDefinition<I = unknown, O = unknown> extends StepBase<'act', I, O> {
  readonly do: Effect<I, O>;
  readonly timeout: Duration;
}
// Variance: a chain holds steps of any input and output; each is checked where it is made.
// oxlint-disable-next-line no-explicit-any
export type StepDefinition = GenerateDefinition<any, any> | RetrieveDefinition<any> | ReviewDefinition<any> | ActDefinition<any, any>;

/**
 * Ask a model for `output`. `tools`: what it may ask for before it answers, speaking `turns` times at most (6). `sample`: begin with
 * several drafts side by side, `vote(…)` or `best({ of, judge })`. Default ladder: reask(2), revise(2), then a person in the queue `default`.
 */
export function generate<I, O>(options: {
  input: z.ZodType<I>;
  output: z.ZodType<O>;
  prompt: string;
  template?: string;
  model?: string;
  checks?: readonly Check<NoInfer<O>>[];
  critics?: readonly Critic[];
  tools?: readonly AnyTool<NoInfer<I>>[];
  turns?: number;
  ladder?: readonly LadderRung<NoInfer<O>>[];
  sample?: Vote<NoInfer<O>> | BestOf;
  timeout?: Duration;
}): GenerateDefinition<I, O> {
  return {
    kind: 'generate',
    input: options.input,
    output: options.output,
    prompt: options.prompt,
    template: options.template,
    model: options.model ?? 'writer',
    checks: options.checks ?? [],
    critics: options.critics ?? [],
    tools: options.tools ?? [],
    turns: options.turns ?? 6,
    sample: options.sample ?? null,
    timeout: options.timeout ?? '2 minutes',
    ladder: options.ladder ?? [
      { rung: 'reask', cap: 2 },
      { rung: 'revise', cap: 2 },
      { rung: 'human', cap: 3, queue: 'default' },
    ],
  };
}

/** Gather passages. Default ladder: go on with what was found, recorded as `accepted_under_exhaustion`. */
export function retrieve<I>(options: {
  input: z.ZodType<I>;
  from: readonly Source<NoInfer<I>>[];
  keep?: number;
  checks?: readonly Check<Passage[]>[];
  ladder?: readonly PlainRung[];
  timeout?: Duration;
}): RetrieveDefinition<I> {
  return {
    kind: 'retrieve',
    input: options.input,
    output: zod.array(Passage),
    from: options.from,
    keep: options.keep ?? 8,
    checks: options.checks ?? [],
    ladder: options.ladder ?? [{ rung: 'best', cap: 1 }],
    timeout: options.timeout ?? '30 s',
  };
}

/** Wait for a person to approve, edit or send back the answer of the step `of`. `returns`: how often it may be sent back. */
export function review<V>(options: {
  of: string;
  value: z.ZodType<V>;
  queue: string;
  due?: Duration;
  escalate?: { after: Duration; to: string };
  expires?: Duration;
  returns?: number;
}): ReviewDefinition<V> {
  return {
    kind: 'review',
    input: options.value,
    output: options.value,
    of: options.of,
    queue: options.queue,
    due: options.due ?? null,
    escalate: options.escalate ?? null,
    expires: options.expires ?? '30 days',
    returns: options.returns ?? 3,
  };
}

/** Do something to the world, once per idempotency key. */
export function act<I, O>(options: {
  input: z.ZodType<I>;
  output: z.ZodType<O>;
  do: Effect<NoInfer<I>, NoInfer<O>>;
  timeout?: Duration;
}): ActDefinition<I, O> {
  return { kind: 'act', input: options.input, output: options.output, do: options.do, timeout: options.timeout ?? '30 s' };
}
