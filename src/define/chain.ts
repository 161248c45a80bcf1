import type { z } from 'zod';
import { checkDefinition } from './check-definition.ts';
import type { Duration } from './duration.ts';
import type { StepDefinition } from './step.ts';

/** `attempts` caps the answers asked of models and sources in a run; `within` its machine time. */
export interface BudgetDefinition {
  usd?: number;
  tokens?: number;
  attempts: number;
  within: Duration;
}

export interface ChainDefinition<I = unknown, O = unknown, S extends Record<string, StepDefinition> = Record<string, StepDefinition>> {
  readonly kind: 'chain';
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  readonly budget: BudgetDefinition;
  readonly steps: S;
}

// Variance: whoever holds chains of all kinds cannot name their input and output.
// oxlint-disable-next-line no-explicit-any
export type AnyChain = ChainDefinition<any, any>;
export type InputOf<C> = C extends ChainDefinition<infer I, infer _O, infer _S> ? I : never;
export type OutputOf<C> = C extends ChainDefinition<infer _I, infer O, infer _S> ? O : never;
type StepInput<S> = S extends { input: z.ZodType<infer I> } ? I : never;
type StepOutput<S> = S extends { output: z.ZodType<infer O> } ? O : never;

/** `key` names the call instead of its input, for a step that should not run again when its input changes (C6). */
export interface CallOptions {
  key?: string;
}
export type StepsOf<C> =
  C extends ChainDefinition<infer _I, infer _O, infer S>
    ? { readonly [K in keyof S]: (input: StepInput<S[K]>, options?: CallOptions) => Promise<StepOutput<S[K]>> }
    : never;

/** A chain: what it takes, what it gives, what it may spend, and its steps. Throws `definition` for what is wrong. */
export function defineChain<I, O, const S extends Record<string, StepDefinition>>(definition: {
  input: z.ZodType<I>;
  output: z.ZodType<O>;
  budget: BudgetDefinition;
  steps: S;
}): ChainDefinition<I, O, S> {
  const chain = { kind: 'chain', ...definition } as const;
  checkDefinition(chain);
  return Object.freeze(chain);
}
