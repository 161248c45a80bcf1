import type { Plan } from '../../src/shapes/plan.ts';
import type { ActivityDependencies, RunActivities } from '../index.ts';
import type { Opened } from '../open-run.ts';
import { hasQuickModel, isQuick } from './quick.ts';
import { workRun, type Worked } from './work-run.ts';

/** What a run has come to: its end, or the workflow that it goes on in; `stuck`: it cannot begin. */
export type Begun =
  | Extract<Worked, { type: 'ended' }>
  | (Extract<Worked, { type: 'goes_on' }> & { plan: Plan })
  | Extract<Opened, { type: 'stuck' }>;

/** A local activity holds its workflow's task, so what may take long is left to the workflow. */
const longestMs = 20_000;

/**
 * Open a run and work it in place as far as it goes without anything slow: until it ends, or comes to a step that waits, writes, or
 * is not placed here, or has taken its time. Null: the worker let go of it.
 */
export async function beginRun(
  deps: ActivityDependencies & { activities: Pick<RunActivities, 'openRun' | 'closeRun'> },
  { run_id, chain }: { run_id: string; chain: string },
  signals: { letGo: AbortSignal; cancel: AbortSignal },
): Promise<Begun | null> {
  const opened = await deps.activities.openRun({ run_id, chain });
  if (opened.type === 'stuck') return opened;
  const { plan } = opened;
  // A chain function that this process cannot load is in the workflows' bundle all the same.
  if ((await deps.bodyOf(chain).catch(() => null)) === null) return { type: 'goes_on', plan, carried: null };
  if (!hasQuickModel(plan)) return { type: 'goes_on', plan, carried: null };
  const row = await deps.db.selectFrom('runs').select(['input', 'started_at']).where('id', '=', run_id).executeTakeFirstOrThrow();
  const until = Date.now() + longestMs;
  const leavesBefore = (step: string): boolean => deps.stopping.aborted || Date.now() > until || !isQuick(plan, step);
  const worked = await workRun(
    deps,
    { id: run_id, chain, plan, ...row, leavesBefore },
    { letGo: signals.letGo, onCancel: (cancel) => signals.cancel.addEventListener('abort', cancel, { once: true }) },
  );
  return worked?.type === 'goes_on' ? { ...worked, plan } : worked;
}
