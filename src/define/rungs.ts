import type { Rung, Sampling } from '../shapes/rung.ts';
import type { Critic } from './critic.ts';

/** A rung that is data and nothing else. */
export type PlainRung = Exclude<Rung, Sampling>;

/** Ask for the same answer again because it did not fit the schema or was cut off; sees its own output and the error. */
export const reask = (cap = 1): PlainRung => ({ rung: 'reask', cap });
/** Mend the rejected answer: sees its own output and the verdicts, nothing else. */
export const revise = (cap = 1): PlainRung => ({ rung: 'revise', cap });
/** A fresh answer in a fresh context. */
export const resample = (cap = 1): PlainRung => ({ rung: 'resample', cap });
/** Go on with another model, named by its role in trimtab.config.ts. */
export const model = (role: string, cap = 1): PlainRung => ({ rung: 'model', model: role, cap });
/** Do an earlier step again, with the verdict that blames it as advice. */
export const backtrack = (to: string, cap = 1): PlainRung => ({ rung: 'backtrack', to, cap });
/** Ask a person in this queue. Ends a ladder. `cap`: how often they are asked; sent back after the last time, the step fails. */
export const human = (queue: string, cap = 3): PlainRung => ({ rung: 'human', queue, cap });
/** Fail the step. Ends a ladder. */
export const fail = (): PlainRung => ({ rung: 'fail', cap: 1 });

/** Drafts side by side, of which the most frequent answer goes on. `key` says which agree; without it, those that are the same. */
export interface Vote<O = unknown> extends Extract<Sampling, { rung: 'vote' }> {
  readonly key?: ((output: O) => string) | undefined;
}
/** Drafts side by side, of which the one goes on that the judge likes best. */
export interface BestOf extends Omit<Extract<Sampling, { rung: 'best_of' }>, 'judge'> {
  readonly judge: Critic;
}

/** What a generate step's ladder is made of: rungs, of which two carry code. */
export type LadderRung<O = unknown> = PlainRung | Vote<O> | BestOf;

/**
 * Ask side by side until one answer is ahead of every other by `margin`, at most `samples` times. As a rung, or as a step's `sample`.
 * Answers that misfit the schema, are cut off, refused or not passed by the checks are thrown out before they count.
 */
export const vote = <O = unknown>(options: { samples: number; margin: number; key?: (output: O) => string; cap?: number }): Vote<O> => ({
  rung: 'vote',
  cap: options.cap ?? 1,
  samples: options.samples,
  margin: options.margin,
  key: options.key,
});

/**
 * Without options: go on with the best candidate, recorded as `accepted_under_exhaustion`; ends a ladder. With them: ask `of` times
 * side by side, let the critic `judge` look at each, and go on with the one it likes best, if it passes. As a rung, or as a step's `sample`.
 */
export function best(): PlainRung;
export function best(options: { of: number; judge: Critic; cap?: number }): BestOf;
export function best(options?: { of: number; judge: Critic; cap?: number }): PlainRung | BestOf {
  if (!options) return { rung: 'best', cap: 1 };
  return { rung: 'best_of', cap: options.cap ?? 1, of: options.of, judge: options.judge };
}

/** The critics that a step's `best({ of, judge })` name, each once. */
export function sampleJudges(step: { ladder: readonly LadderRung[]; sample: Vote | BestOf | null }): Critic[] {
  const rungs: readonly (LadderRung | null)[] = [step.sample, ...step.ladder];
  const judges = rungs.flatMap((rung) => (rung?.rung === 'best_of' ? [rung.judge] : []));
  return [...new Map(judges.map((judge) => [judge.name, judge])).values()];
}
