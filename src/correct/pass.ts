import type { Note } from '../shapes/call.ts';
import type { Plan } from '../shapes/plan.ts';
import type { Verdict } from '../shapes/verdict.ts';
import type { Engine, Parked } from './engine.ts';
import type { Memory } from './memory.ts';
import type { RunState } from './state.ts';

/** How one execution of the chain function ended. `stuck`: only other chain code can go on. */
export type PassEnd =
  | { type: 'returned'; output: unknown }
  | { type: 'threw'; error: unknown }
  | { type: 'stuck'; cause: Parked }
  | { type: 'backtrack'; to: { step: string; occurrence: number }; verdicts: Verdict[] }
  | { type: 'cancelled' | 'crowded' | 'deadline' };

/** One execution of the chain function. `flying`: what is under way in it; `calls`: how often each thing was called so far. */
export interface Pass {
  readonly number: number;
  closed: boolean;
  /** The first end counts; from then on no promise of the pass settles. */
  close(end: PassEnd): void;
  readonly flying: Set<Promise<unknown>>;
  readonly calls: Record<string, number>;
}

/** Everything the parts of a run share. The state changes only through the reducer. */
export interface Conduct {
  readonly engine: Engine;
  readonly plan: Plan;
  state: RunState;
  readonly memory: Memory;
  notes: Note[];
}

/** What the reducer decided since the last call: it travels to the ledger with the next one. */
export const takeNotes = (run: Conduct): Note[] => run.notes.splice(0);

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
