import { messageOf, errorTable } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import { deleteAgain, openRuns, startAgain, strangersAmong, tellAgain, type OpenRun } from '../src/store/differences.ts';
import { forgetOld } from '../src/store/retention.ts';
import { escalateDue } from '../src/store/review-queue.ts';
import { eraseDeleted } from '../src/store/run-commands.ts';
import { setRunStatus } from '../src/store/runs.ts';
import type { TemporalView } from './temporal-view.ts';

/** What differed. `unknown`: open workflows on our task queue that have no run; they may be another database's, so they are named and left alone. */
export interface Reconciled {
  looked: number;
  started_again: string[];
  ended: string[];
  deleted_again: string[];
  unknown: string[];
  told_again: number;
}

const everyMs = 30_000;
const graceMs = 30_000;
const pageSize = 200;
const strangersEveryMs = 300_000;

/** Compare Postgres and Temporal once, and mend what differs: Postgres is the truth for what was decided, Temporal for what still runs. */
export async function reconcile(
  db: Database,
  temporal: TemporalView,
  options: { graceMs?: number; strangers?: boolean } = {},
): Promise<Reconciled> {
  const report: Reconciled = { looked: 0, started_again: [], ended: [], deleted_again: [], unknown: [], told_again: await tellAgain(db) };
  for (let after = ''; ;) {
    const runs = await openRuns(db, { after, limit: pageSize, olderThanMs: options.graceMs ?? graceMs });
    for (const run of runs) await mend(db, { run, temporal, report });
    const last = runs.at(-1);
    if (!last || runs.length < pageSize) break;
    after = last.id;
  }
  if (options.strangers !== false) await nameStrangers(db, temporal, report);
  return report;
}

async function mend(db: Database, { run, temporal, report }: { run: OpenRun; temporal: TemporalView; report: Reconciled }): Promise<void> {
  report.looked += 1;
  const status = await temporal.statusOf(run.id);
  if (status === 'running') return;
  if (status === 'missing' && !run.cancel_requested) {
    await startAgain(db, run);
    report.started_again.push(run.id);
  } else if (await endOpen(db, run)) {
    report.ended.push(run.id);
  }
}

/** Temporal has ended what Postgres holds for open: it was cancelled, or somebody stopped the workflow from outside. */
const endOpen = (db: Database, run: OpenRun): Promise<boolean> =>
  db
    .transaction()
    .execute((tx) =>
      setRunStatus(
        tx,
        run.id,
        run.cancel_requested
          ? { status: 'cancelled' }
          : {
              status: 'failed',
              error: {
                code: 'internal',
                message: 'the workflow ended outside trimtab (terminated or timed out)',
                next: errorTable.internal.next,
                step: null,
              },
            },
      ),
    );

async function nameStrangers(db: Database, temporal: TemporalView, report: Reconciled): Promise<void> {
  let ids: string[] = [];
  const look = async (): Promise<void> => {
    const { deleted, unknown } = ids.length === 0 ? { deleted: [], unknown: [] } : await strangersAmong(db, ids);
    for (const id of deleted) await deleteAgain(db, id);
    report.deleted_again.push(...deleted);
    report.unknown.push(...unknown);
    ids = [];
  };
  for await (const id of temporal.open()) if (ids.push(id) === pageSize) await look();
  await look();
}

/** Never sleeps: compares, escalates what is overdue, and sweeps, again and again. */
export function startReconciler(options: { db: Database; temporal: TemporalView; log(entry: Record<string, unknown>): void }): {
  stop(): void;
} {
  const { db, temporal, log } = options;
  let stopped = false;
  let lookedForStrangers = 0;
  const each = (name: string, ms: number, work: () => Promise<unknown>): NodeJS.Timeout => {
    let busy = false;
    return setInterval(() => {
      if (stopped || busy) return;
      busy = true;
      void work()
        .catch((error: unknown) => log({ level: 'warn', [name]: messageOf(error) }))
        .finally(() => {
          busy = false;
        });
    }, ms);
  };
  const timers = [
    each('reconcile', everyMs, async () => {
      const strangers = Date.now() - lookedForStrangers > strangersEveryMs;
      if (strangers) lookedForStrangers = Date.now();
      const { looked, ...report } = await reconcile(db, temporal, { strangers });
      if (Object.values(report).some((found) => (typeof found === 'number' ? found > 0 : found.length > 0)))
        log({ level: 'warn', reconciled: { looked, ...report } });
    }),
    each('escalate', 5_000, () => escalateDue(db)),
    each('sweep', 600_000, async () => {
      await forgetOld(db);
      await eraseDeleted(db);
    }),
  ];
  return {
    stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}
