import { errorTable } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import { endBatch, openBatches, startBatch } from '../src/store/batches.ts';
import { deleteAgain, openRuns, runsWithin, startAgain, strangersAmong, tellAgain, type OpenRun } from '../src/store/differences.ts';
import { forgetOld } from '../src/store/retention.ts';
import { escalateDue } from '../src/store/review-queue.ts';
import { eraseDeleted } from '../src/store/run-commands.ts';
import { setRunStatus, unblockMisfit } from '../src/store/runs.ts';
import type { TemporalView } from './temporal-view.ts';
import { watchBuilds } from './watch-builds.ts';

/** What differed. `unknown`: open workflows on our task queue that have no run; they may be another database's, so they are named and left alone. */
export interface Reconciled {
  looked: number;
  started_again: string[];
  ended: string[];
  /** Runs whose workflow task fails: the build does not fit them. */ misfit: string[];
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
  const report: Reconciled = {
    looked: 0,
    started_again: [],
    ended: [],
    misfit: [],
    deleted_again: [],
    unknown: [],
    told_again: await tellAgain(db),
  };
  const known = await openWorkflows(temporal);
  // Before the runs: of a batch that is over the open cases are looked at one by one.
  for (const id of await openBatches(db, options.graceMs ?? graceMs)) await mendBatch(db, { id, temporal, report });
  for (let after = ''; ;) {
    const runs = await openRuns(db, { after, limit: pageSize, olderThanMs: options.graceMs ?? graceMs });
    report.looked += runs.length;
    // A run that waits for a person has no task that could fail: that Temporal lists it is enough.
    for (const run of runs) if (run.status !== 'waiting' || !known.has(run.id)) await mend(db, { run, temporal, report });
    const last = runs.at(-1);
    if (!last || runs.length < pageSize) break;
    after = last.id;
  }
  if (options.strangers !== false) await nameStrangers(db, [...known], report);
  return report;
}

async function mend(db: Database, { run, temporal, report }: { run: OpenRun; temporal: TemporalView; report: Reconciled }): Promise<void> {
  const { status, trouble } = await temporal.stateOf(run.id);
  if (status === 'running') return mark(db, { run, trouble, report });
  if (status === 'missing' && !run.cancel_requested) {
    await startAgain(db, run);
    report.started_again.push(run.id);
  } else if (await endOpen(db, run)) {
    report.ended.push(run.id);
  }
}

/** A batch that Temporal has lost starts again where it was; of one that it has ended, the open cases go on one by one. */
async function mendBatch(
  db: Database,
  { id, temporal, report }: { id: string; temporal: TemporalView; report: Reconciled },
): Promise<void> {
  const { status, trouble } = await temporal.stateOf(id);
  if (status === 'running') return markCases(db, { id, trouble, report });
  if (status === 'ended') return endBatch(db, id);
  await startBatch(db, id);
  report.started_again.push(id);
}

/** The cases that are worked in it fare as it does. */
async function markCases(db: Database, { id, ...seen }: { id: string; trouble: string | null; report: Reconciled }): Promise<void> {
  for (const run of await runsWithin(db, id)) await mark(db, { run, ...seen });
}

async function openWorkflows(temporal: TemporalView): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const id of temporal.open()) ids.add(id);
  return ids;
}

/** Its task fails again and again: the worker's code cannot go on with this history. Said once, until that is over. */
async function mark(
  db: Database,
  { run, trouble, report }: { run: Pick<OpenRun, 'id' | 'misfit'>; trouble: string | null; report: Reconciled },
): Promise<void> {
  if (trouble === null && run.misfit) return unblockMisfit(db, run.id);
  if (trouble === null || run.misfit) return;
  report.misfit.push(run.id);
  const error = { code: 'build_mismatch' as const, message: trouble.slice(0, 1_000), next: errorTable.build_mismatch.next, step: null };
  await db.transaction().execute((tx) => setRunStatus(tx, run.id, { status: 'blocked', error }));
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

async function nameStrangers(db: Database, open: readonly string[], report: Reconciled): Promise<void> {
  for (let at = 0; at < open.length; at += pageSize) {
    const { deleted, unknown } = await strangersAmong(db, open.slice(at, at + pageSize));
    for (const id of deleted) await deleteAgain(db, id);
    report.deleted_again.push(...deleted);
    report.unknown.push(...unknown);
  }
}

/** Never sleeps: compares, escalates what is overdue, tells of other builds, and sweeps, again and again. */
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
        .catch((error: unknown) => log({ level: 'warn', msg: `${name} failed`, error }))
        .finally(() => {
          busy = false;
        });
    }, ms);
  };
  const lookAtBuilds = watchBuilds(db);
  const timers = [
    each('reconcile', everyMs, async () => {
      const strangers = Date.now() - lookedForStrangers > strangersEveryMs;
      if (strangers) lookedForStrangers = Date.now();
      const { looked, ...report } = await reconcile(db, temporal, { strangers });
      if (Object.values(report).some((found) => (typeof found === 'number' ? found > 0 : found.length > 0)))
        log({ level: 'warn', msg: 'reconciled', looked, ...report });
    }),
    each('escalate', 5_000, () => escalateDue(db)),
    each('builds', 5_000, async () => {
      const told = await lookAtBuilds();
      if (told.length > 0) log({ level: 'info', msg: 'other builds serve: runs that wait for one that fits look again', told });
    }),
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
