import type { z } from 'zod';
import type { Duration } from './duration.ts';
import type { EffectContext } from './step.ts';

/**
 * `key`: the same for the same call (run, step, tool, arguments), so that a receiver that honours it acts once. `input`: the input of
 * the step, for what a model must not choose: whose order it is.
 */
export interface ToolContext<I = unknown> extends EffectContext {
  input: I;
}

/**
 * Something that the model of a step may ask for. `effect: 'writes'`: a person allows each call. `place` `local`: our own Postgres,
 * short; `regular`: the network. What `do` throws is told to the model in one line.
 */
export interface Tool<A = unknown, R = unknown, I = unknown> {
  readonly kind: 'tool';
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<A>;
  readonly output: z.ZodType<R> | null;
  readonly effect: 'reads' | 'writes';
  readonly place: 'local' | 'regular';
  readonly timeout: Duration;
  /** What a call costs at most, in USD. */ readonly usd: number;
  readonly do: (given: A, context: ToolContext<I>) => Promise<R>;
  /** Asked before the call is begun. A TrimtabError thrown here blocks the run until a person has removed the cause (C12). */
  readonly ready?: (context: Pick<ToolContext, 'services' | 'signal'>) => Promise<void>;
}

// Variance: a step holds tools of any arguments and results; each is checked where it is made.
// oxlint-disable-next-line no-explicit-any
export type AnyTool<I = unknown> = Tool<any, any, I>;

/** Make a tool for the model of a `generate` step. `name`: letters, digits and _; `timeout`: 30 s when absent; `usd`: what a call costs, 0 when absent. */
export const tool = <A, R, I = unknown>(definition: {
  name: string;
  description: string;
  input: z.ZodType<A>;
  output?: z.ZodType<NoInfer<R>>;
  effect: 'reads' | 'writes';
  place?: 'local' | 'regular';
  timeout?: Duration;
  usd?: number;
  do: (given: NoInfer<A>, context: ToolContext<I>) => Promise<R>;
}): Tool<A, R, I> => ({
  kind: 'tool',
  name: definition.name,
  description: definition.description,
  input: definition.input,
  output: definition.output ?? null,
  effect: definition.effect,
  place: definition.place ?? 'regular',
  timeout: definition.timeout ?? '30 s',
  usd: definition.usd ?? 0,
  do: definition.do,
});
