import { conduct, type Carried, type Ending } from '../../src/correct/conduct.ts';
import { newMemory, type Memory } from '../../src/correct/memory.ts';
import { newState } from '../../src/correct/state.ts';
import { leaveBatch, type BatchCase } from '../../src/store/batches.ts';
import { crashPoint } from '../../src/store/crash-point.ts';
import { closeRun, type Close } from '../close-run.ts';
import type { ActivityDependencies } from '../index.ts';
import { openRun } from '../open-run.ts';
import { createCaseEngine } from './case-engine.ts';
import { insist } from './insist.ts';

/** A case under way. */
export interface Working {
  done: Promise<void>;
  cancel(): void;
}

/**
 * Work one case in place: the same loop as in a workflow, over an engine without a history. A worker that dies leaves the
 * ledger: whoever takes the case up begins the chain function anew, and every call that was answered answers again from its
 * row (C5). What would wait leaves the batch and goes on as a workflow, in the same way. `signal`: the worker lets go of it.
 */
export function workCase(deps: ActivityDependencies, one: BatchCase, signal: AbortSignal): Working {
  let cancelled = one.cancel_requested;
  let cancel = (): void => {
    cancelled = true;
  };
  return {
    cancel: () => cancel(),
    done: working(deps, one, {
      signal,
      cancelled: () => cancelled,
      onCancel: (listener) => {
        cancel = listener;
      },
    }).catch(async () => {
      // What nobody expected must not stop the others: in a workflow of its own it shows.
      if (!signal.aborted) await insist(() => leaveBatch(deps.db, one, null), signal);
    }),
  };
}

interface Control {
  signal: AbortSignal;
  cancelled(): boolean;
  onCancel(listener: () => void): void;
}

async function working(deps: ActivityDependencies, one: BatchCase, { signal, cancelled, onCancel }: Control): Promise<void> {
  const { id: run_id, chain } = one;
  const close = (end: Close) => insist(() => closeRun(deps, end), signal);
  const leave = (carried: Carried | null) => insist(() => leaveBatch(deps.db, one, carried), signal);
  if (cancelled()) return void (await close({ run_id, chain, notes: [], status: 'cancelled' }));
  const opened = await insist(() => openRun(deps, { run_id, chain }), signal);
  if (opened.type === 'stuck') return leave(null);
  const { plan } = opened;
  const engine = createCaseEngine({
    seed: plan.seed,
    reading: one.started_at.getTime(),
    perform: (request, at) => insist(() => deps.perform(request, { signal: at, progress: () => undefined }), at),
  });
  onCancel(() => engine.cancel());
  if (cancelled()) engine.cancel();
  const drop = (): void => engine.drop();
  signal.addEventListener('abort', drop, { once: true });
  const memory = newMemory();
  const carried = { state: newState(), memory, pass: 1, parked: null, notes: [] };
  const body = await deps.bodyOf(chain);
  const ending = await Promise.race([conduct(engine, plan, { body, input: one.input, carried }), engine.waits.then(() => null)]).finally(
    () => signal.removeEventListener('abort', drop),
  );
  if (signal.aborted) return;
  crashPoint('batch.case.ends');
  const end = ending === null ? null : closing(one, ending);
  if (end === null || (await close(end)).misfit !== null) await leave(read(memory));
}

/** How the case ends here; null: not here. */
function closing({ id: run_id, chain }: BatchCase, ending: Ending): Close | null {
  switch (ending.type) {
    case 'succeeded':
      return { run_id, chain, notes: ending.notes, status: 'succeeded', output: ending.output };
    case 'failed':
      return { run_id, chain, notes: ending.notes, status: 'failed', error: ending.error };
    case 'cancelled':
      return { run_id, chain, notes: ending.notes, status: 'cancelled' };
    case 'continue':
      return null;
  }
}

/** What the chain function has read of clock and chance is the same where it goes on. Everything else the records answer. */
function read({ nows, randoms, sleeps }: Memory): Carried | null {
  if (nows.length + randoms.length + sleeps.length === 0) return null;
  return { state: newState(), memory: { ...newMemory(), nows, randoms, sleeps }, pass: 1, parked: null, notes: [] };
}
