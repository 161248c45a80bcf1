import type { Database } from '../src/store/database.ts';
import { adoptRun, closeCompleted, pendingReviews, recordHeard, withdrawLeftOver } from '../src/store/restored.ts';
import { batchType } from '../workflows/batch-type.ts';
import { reconcile, type Reconciled } from './reconcile.ts';
import type { Heard } from './temporal-history.ts';
import type { TemporalView } from './temporal-view.ts';

/** What differed after one side was restored from a backup, and what was done about it. Ids of runs, of reviews where it says so. */
export interface Restored extends Reconciled {
  /** Reviews whose decision Temporal still knew. */
  decisions_recovered: string[];
  /** Runs that completed after the backup: marked so, their output is gone. */
  completed: string[];
  /** Reviews of runs that have ended. */
  withdrawn: string[];
  /** Open workflows without a run that were taken into the records. */
  adopted: string[];
}

export interface RestoredOptions {
  /** Take open workflows on our task queue that no run knows into the records. Else they are named only: they may be another database's. */
  adopt: boolean;
  /** What a run's history knows; null: Temporal has none. */
  heard(run_id: string): Promise<Heard | null>;
}

const pageSize = 200;

/** Compare both sides after a restore, whole and at once: nothing is young enough to be left for later. */
export async function reconcileRestored(db: Database, temporal: TemporalView, options: RestoredOptions): Promise<Restored> {
  const decisions_recovered = await recoverDecisions(db, options);
  const completed = await closeCompletedRuns(db, temporal, options);
  const report = await reconcile(db, temporal, { graceMs: 0 });
  const adopted: string[] = [];
  if (options.adopt) {
    for (const id of report.unknown) {
      const heard = await options.heard(id);
      if (heard && heard.chain !== batchType && (await adoptRun(db, { id, ...heard }))) adopted.push(id);
    }
  }
  return {
    ...report,
    decisions_recovered,
    completed,
    withdrawn: await withdrawLeftOver(db),
    adopted,
    unknown: report.unknown.filter((id) => !adopted.includes(id)),
  };
}

async function recoverDecisions(db: Database, { heard }: RestoredOptions): Promise<string[]> {
  const recovered: string[] = [];
  for (let after = ''; ;) {
    const reviews = await pendingReviews(db, { after, limit: pageSize });
    for (const { id, run_id } of reviews) {
      const told = (await heard(run_id))?.decisions.find(({ review_id }) => review_id === id);
      if (told && (await recordHeard(db, id, told.decision))) recovered.push(id);
    }
    const last = reviews.at(-1);
    if (!last) return recovered;
    after = last.id;
  }
}

const outputGone = {
  code: 'internal',
  message: 'the run ended after the backup that these records were restored from: what it returned is gone with them',
  next: 'Read what it did at the receivers of its effects.',
  step: null,
};

async function closeCompletedRuns(db: Database, temporal: TemporalView, { heard }: RestoredOptions): Promise<string[]> {
  const open = await db
    .selectFrom('runs')
    .select('id')
    .where('ended_at', 'is', null)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute();
  const closed: string[] = [];
  for (const { id } of open) {
    if ((await temporal.stateOf(id)).status !== 'ended') continue;
    if ((await heard(id))?.completed && (await closeCompleted(db, id, outputGone))) closed.push(id);
  }
  return closed;
}
