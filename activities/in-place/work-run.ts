import { conduct, newCarried, type Carried, type Ending } from '../../src/correct/conduct.ts';
import { newMemory, type Memory } from '../../src/correct/memory.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { RunError } from '../../src/shapes/run.ts';
import { crashPoint } from '../../src/store/crash-point.ts';
import type { Close } from '../close-run.ts';
import type { ActivityDependencies, RunActivities } from '../index.ts';
import { createPlaceEngine } from './engine.ts';
import { insist } from './insist.ts';

/** What was worked in place has ended and is closed on the record, or goes on in a workflow; `carried` null: from its beginning, which the records answer. */
export type Worked =
  | { type: 'ended'; status: 'succeeded' | 'cancelled' }
  | { type: 'ended'; status: 'failed'; error: RunError }
  | { type: 'goes_on'; carried: Carried | null };

/** A run to be worked in place. */
export interface PlaceRun {
  id: string;
  chain: string;
  input: unknown;
  plan: Plan;
  started_at: Date;
  leavesBefore(step: string): boolean;
}

/** `letGo`: the worker stops. `onCancel` gives a way to cancel the run. */
export interface Control {
  letGo: AbortSignal;
  onCancel?(cancel: () => void): void;
}

export interface PlaceDependencies extends Pick<ActivityDependencies, 'perform' | 'bodyOf'> {
  activities: Pick<RunActivities, 'closeRun'>;
}

/**
 * Work a run in place: the same loop as in a workflow, over an engine without a history. A worker that dies leaves the
 * ledger: whoever takes the run up begins the chain function anew, and every call that was answered answers again from its
 * row (C5). What would wait goes on in a workflow. Null: the worker let go of it.
 */
export async function workRun(deps: PlaceDependencies, run: PlaceRun, { letGo, onCancel }: Control): Promise<Worked | null> {
  const engine = createPlaceEngine({
    seed: run.plan.seed,
    reading: run.started_at.getTime(),
    leavesBefore: run.leavesBefore,
    perform: (request, at) => insist(() => deps.perform(request, { signal: at, progress: () => undefined }), at),
  });
  onCancel?.(() => engine.cancel());
  const drop = (): void => engine.drop();
  letGo.addEventListener('abort', drop, { once: true });
  const memory = newMemory();
  const carried = { ...newCarried(), memory };
  const body = await deps.bodyOf(run.chain);
  const ending = await Promise.race([
    conduct(engine, run.plan, { body, input: run.input, carried }),
    engine.waits.then(() => null),
  ]).finally(() => letGo.removeEventListener('abort', drop));
  if (letGo.aborted) return null;
  crashPoint('place.ends');
  if (ending === null) return { type: 'goes_on', carried: read(memory) };
  if (ending.type === 'continue') return { type: 'goes_on', carried: ending.carried };
  const { misfit } = await insist(() => deps.activities.closeRun(closing(run, ending)), letGo);
  if (misfit === null)
    return ending.type === 'failed' ? { type: 'ended', status: 'failed', error: ending.error } : { type: 'ended', status: ending.type };
  const parked = { code: 'chain_error' as const, message: misfit, step: null, retry_after_ms: null };
  return { type: 'goes_on', carried: ending.type === 'succeeded' ? { ...ending.carried, parked } : null };
}

function closing({ id: run_id, chain }: PlaceRun, ending: Exclude<Ending, { type: 'continue' }>): Close {
  const { notes } = ending;
  switch (ending.type) {
    case 'succeeded':
      return { run_id, chain, notes, status: 'succeeded', output: ending.output };
    case 'failed':
      return { run_id, chain, notes, status: 'failed', error: ending.error };
    case 'cancelled':
      return { run_id, chain, notes, status: 'cancelled' };
  }
}

/** What the chain function has read of clock and chance is the same where it goes on. Everything else the records answer. */
function read({ nows, randoms, sleeps }: Memory): Carried | null {
  if (nows.length + randoms.length + sleeps.length === 0) return null;
  return { ...newCarried(), memory: { ...newMemory(), nows, randoms, sleeps } };
}
