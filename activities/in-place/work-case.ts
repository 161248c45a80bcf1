import { leaveBatch, type BatchCase } from '../../src/store/batches.ts';
import type { Carried } from '../../src/correct/conduct.ts';
import type { ActivityDependencies, RunActivities } from '../index.ts';
import { insist } from './insist.ts';
import { workRun } from './work-run.ts';

/** A case under way. */
export interface Working {
  done: Promise<void>;
  cancel(): void;
}

export type CaseDependencies = ActivityDependencies & { activities: Pick<RunActivities, 'openRun' | 'closeRun'> };

/** Work one case of a batch in place. What would wait leaves the batch. `letGo`: the worker stops. */
export function workCase(deps: CaseDependencies, one: BatchCase, letGo: AbortSignal): Working {
  let cancelled = one.cancel_requested;
  let tell = (): void => undefined;
  const control = {
    letGo,
    cancelled: () => cancelled,
    onCancel: (cancel: () => void) => {
      tell = cancel;
      if (cancelled) cancel();
    },
  };
  return {
    cancel() {
      cancelled = true;
      tell();
    },
    // What nobody expected must not stop the others: in a workflow of its own it shows.
    done: working(deps, one, control).catch(async () => {
      if (!letGo.aborted) await insist(() => leaveBatch(deps.db, one, null), letGo);
    }),
  };
}

async function working(
  deps: CaseDependencies,
  one: BatchCase,
  control: { letGo: AbortSignal; cancelled(): boolean; onCancel(cancel: () => void): void },
): Promise<void> {
  const { id: run_id, chain } = one;
  const { letGo } = control;
  const leave = (carried: Carried | null) => insist(() => leaveBatch(deps.db, one, carried), letGo);
  if (control.cancelled())
    return void (await insist(() => deps.activities.closeRun({ run_id, chain, notes: [], status: 'cancelled' }), letGo));
  const opened = await insist(() => deps.activities.openRun({ run_id, chain }), letGo);
  if (opened.type === 'stuck') return leave(null);
  const { plan } = opened;
  const leavesBefore = (step: string): boolean => plan.steps[step]?.kind === 'review';
  const worked = await workRun(deps, { ...one, plan, leavesBefore }, control);
  if (worked?.type === 'goes_on') await leave(worked.carried);
}
