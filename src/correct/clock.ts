import { machineTime, settle } from './budget.ts';
import type { Turn } from './ladder.ts';
import type { Move } from './move.ts';
import { withSlice, type RunState } from './state.ts';

const atWork: ReadonlySet<Move['move']> = new Set(['attempt', 'sample', 'judge', 'turn', 'tool', 'wait']);

/** Keep the machine's clock: it runs while any slice is at work (C3). */
export function clocked({ state, slice, at }: Turn, move: Move): RunState {
  const busy = atWork.has(move.move);
  const kept = withSlice(state, { ...slice, busy });
  const count = state.clock.busy + Number(busy) - Number(slice.busy);
  return count === state.clock.busy ? kept : { ...kept, clock: { busy: count, since: at, total: machineTime(state, at) } };
}

/**
 * Give up a slice whose pass was abandoned: what it had reserved comes back and it is not at work any more.
 * Its rows stay, its caps stay used.
 */
export function abandon(state: RunState, key: string, at: number): RunState {
  const slice = state.slices[key];
  if (!slice || slice.done) return state;
  const released = slice.call === null ? state : settle(state, slice.call, { usage: null, cost_usd: 0, answered: false });
  const kept = withSlice(released, { ...slice, call: null, busy: false });
  return slice.busy ? { ...kept, clock: { busy: kept.clock.busy - 1, since: at, total: machineTime(kept, at) } } : kept;
}
