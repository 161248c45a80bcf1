import type { Rung } from '../shapes/rung.ts';

/** Ask for the same answer again because it did not fit the schema or was cut off; sees its own output and the error. */
export const reask = (cap = 1): Rung => ({ rung: 'reask', cap });
/** Mend the rejected answer: sees its own output and the verdicts, nothing else. */
export const revise = (cap = 1): Rung => ({ rung: 'revise', cap });
/** A fresh answer in a fresh context. */
export const resample = (cap = 1): Rung => ({ rung: 'resample', cap });
/** Go on with another model, named by its role in trimtab.config.ts. */
export const model = (role: string, cap = 1): Rung => ({ rung: 'model', model: role, cap });
/** Do an earlier step again, with the verdict that blames it as advice. */
export const backtrack = (to: string, cap = 1): Rung => ({ rung: 'backtrack', to, cap });
/** Ask a person in this queue. Ends a ladder. `cap`: how often they are asked; sent back after the last time, the step fails. */
export const human = (queue: string, cap = 3): Rung => ({ rung: 'human', queue, cap });
/** Fail the step. Ends a ladder. */
export const fail = (): Rung => ({ rung: 'fail', cap: 1 });
/** Go on with the best candidate, recorded as `accepted_under_exhaustion`. Ends a ladder. */
export const best = (): Rung => ({ rung: 'best', cap: 1 });
