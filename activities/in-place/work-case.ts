import { leaveBatch, type BatchCase } from '../../src/store/batches.ts';
import type { Carried } from '../../src/correct/conduct.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { ActivityDependencies, RunActivities } from '../index.ts';
import { insist } from './insist.ts';
import { hasQuickModel, isQuick } from './quick.ts';
import { workRun } from './work-run.ts';

/** A case under way. */
export interface Working {
  done: Promise<'left' | 'over'>;
  cancel(): void;
}

export type CaseDependencies = ActivityDependencies & { activities: Pick<RunActivities, 'openRun' | 'closeRun'> };

/** What leaves: of a batch what would wait; of runs that were gathered whatever is not quick, as where one begins alone. */
export interface Leaving {
  atOnce(plan: Plan): boolean;
  before(plan: Plan, step: string): boolean;
}
export const caseLeaves: Leaving = { atOnce: () => false, before: (plan, step) => plan.steps[step]?.kind === 'review' };
export const gatheredLeaves: Leaving = { atOnce: (plan) => !hasQuickModel(plan), before: (plan, step) => !isQuick(plan, step) };

/** Work one case of a batch in place. `letGo`: the worker stops. */
export function workCase(deps: CaseDependencies, one: BatchCase, { letGo, leaves }: { letGo: AbortSignal; leaves: Leaving }): Working {
  let cancelled = one.cancel_requested;
  let tell = (): void => undefined;
  const control = {
    letGo,
    leaves,
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
      return 'left' as const;
    }),
  };
}

async function working(
  deps: CaseDependencies,
  one: BatchCase,
  control: { letGo: AbortSignal; leaves: Leaving; cancelled(): boolean; onCancel(cancel: () => void): void },
): Promise<'left' | 'over'> {
  const { id: run_id, chain } = one;
  const { letGo, leaves } = control;
  const leave = async (carried: Carried | null): Promise<'left'> => {
    await insist(() => leaveBatch(deps.db, one, carried), letGo);
    return 'left';
  };
  if (control.cancelled()) {
    await insist(() => deps.activities.closeRun({ run_id, chain, notes: [], status: 'cancelled' }), letGo);
    return 'over';
  }
  const opened = await insist(() => deps.activities.openRun({ run_id, chain }), letGo);
  if (opened.type === 'stuck') return leave(null);
  const { plan } = opened;
  if (leaves.atOnce(plan)) return leave(null);
  const worked = await workRun(deps, { ...one, plan, leavesBefore: (step) => leaves.before(plan, step) }, control);
  return worked?.type === 'goes_on' ? leave(worked.carried) : 'over';
}
