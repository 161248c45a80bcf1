import { messageOf, errorTable } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import { onItsWay, openRuns, startAgain, untoldDecisions } from '../src/store/differences.ts';
import { setRunStatus } from '../src/store/runs.ts';
import { escalateDue } from '../src/store/review-queue.ts';
import { sweepOutbox } from '../src/store/outbox-queue.ts';

/** What Temporal says of a run. */
export type TemporalStatus = 'running' | 'ended' | 'missing';
export interface Reconciled { looked: number; started_again: string[]; ended: string[]; told_again: number }

const everyMs = 30_000;
const graceMs = 30_000;
const pageSize = 200;

/** Compare Postgres and Temporal once, and mend what differs: Postgres is the truth for what was decided, Temporal for what still runs. */
export async function reconcile(db: Database, statusOf: (run_id: string) => Promise<TemporalStatus>, options: { graceMs?: number } = {}): Promise<Reconciled> {
  const report: Reconciled = { looked: 0, started_again: [], ended: [], told_again: await untoldDecisions(db) };
  for (let after = ''; ;) {
    const runs = await openRuns(db, { after, limit: pageSize, olderThanMs: options.graceMs ?? graceMs });
    for (const run of runs) {
      report.looked += 1;
      if (await onItsWay(db, run.id)) continue;
      const status = await statusOf(run.id);
      if (status === 'missing') {
        await startAgain(db, run);
        report.started_again.push(run.id);
      } else if (status === 'ended' && (await endOpen(db, run.id))) {
        report.ended.push(run.id);
      }
    }
    const last = runs.at(-1);
    if (!last || runs.length < pageSize) return report;
    after = last.id;
  }
}

/** Temporal has ended what Postgres holds for open: somebody stopped the workflow from outside. */
const endOpen = (db: Database, id: string): Promise<boolean> => setRunStatus(db, id, {
  status: 'failed', error: { code: 'internal', message: 'the workflow ended outside trimtab (terminated or timed out)', next: errorTable.internal.next, step: null },
});

/** Never sleeps: compares, escalates what is overdue, and sweeps, again and again. */
export function startReconciler(options: { db: Database; statusOf(run_id: string): Promise<TemporalStatus>; log(entry: Record<string, unknown>): void }): { stop(): void } {
  const { db, log } = options;
  let stopped = false;
  const each = (name: string, ms: number, work: () => Promise<unknown>): NodeJS.Timeout => setInterval(() => {
    if (!stopped) void work().catch((error: unknown) => log({ level: 'warn', [name]: messageOf(error) }));
  }, ms);
  const timers = [
    each('reconcile', everyMs, async () => {
      const report = await reconcile(db, options.statusOf);
      if (report.started_again.length + report.ended.length + report.told_again > 0) log({ level: 'warn', reconciled: report });
    }),
    each('escalate', 5_000, () => escalateDue(db)),
    each('sweep', 600_000, () => sweepOutbox(db)),
  ];
  return { stop() { stopped = true; for (const timer of timers) clearInterval(timer); } };
}
