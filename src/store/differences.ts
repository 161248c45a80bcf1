import { sql } from 'kysely';
import type { RunStatus } from '../shapes/run.ts';
import type { Database } from './database.ts';
import { enqueue } from './outbox.ts';

/** Where the error names a step the run itself waits for a build that fits, and ends the wait itself. */
const misfitOf = sql<boolean>`coalesce(error ->> 'code' = 'build_mismatch' and error ->> 'step' is null, false)`.as('misfit');

export interface OpenRun {
  id: string;
  chain: string;
  input: unknown;
  cancel_requested: boolean;
  status: RunStatus;
  /** It is blocked because its workflow's task failed. */
  misfit: boolean;
}

/** Runs that Postgres holds for open, older than the grace, with no word to Temporal on its way: one page of them, by id. */
export async function openRuns(db: Database, page: { after: string; limit: number; olderThanMs: number }): Promise<OpenRun[]> {
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'chain', 'input', 'cancel_requested_at', 'status', misfitOf])
    .where('ended_at', 'is', null)
    .where('deleted_at', 'is', null)
    .where('started_at', '<', new Date(Date.now() - page.olderThanMs))
    .where('id', '>', page.after)
    // A batch that is not over answers for its cases.
    .where(
      sql<boolean>`(batch_id is null or left_batch_at is not null or exists (select 1 from batches b where b.id = batch_id and b.ended_at is not null))`,
    )
    .where(
      sql<boolean>`not exists (select 1 from outbox o where o.run_id = runs.id and o.topic <> 'webhook' and o.done_at is null and o.failed_at is null)`,
    )
    .orderBy('id')
    .limit(page.limit)
    .execute();
  return rows.map(({ cancel_requested_at, status, ...run }) => ({
    ...run,
    status: status as RunStatus,
    cancel_requested: cancel_requested_at !== null,
  }));
}

/** The open runs that are worked in this batch or gathering. */
export const runsWithin = (db: Database, batch_id: string): Promise<Pick<OpenRun, 'id' | 'misfit'>[]> =>
  db
    .selectFrom('runs')
    .select(['id', misfitOf])
    .where('batch_id', '=', batch_id)
    .where('left_batch_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute();

/** Start again what Temporal has lost. The records answer for what was done: nothing is paid twice. */
export async function startAgain(db: Database, run: OpenRun): Promise<void> {
  await enqueue(db, { topic: 'temporal.start', run_id: run.id, payload: { run_id: run.id, chain: run.chain, input: run.input } });
}

/** Of these workflow ids: those whose run was deleted, and those that Postgres has never heard of. */
export async function strangersAmong(db: Database, ids: readonly string[]): Promise<{ deleted: string[]; unknown: string[] }> {
  const rows = await db.selectFrom('runs').select(['id', 'deleted_at']).where('id', 'in', ids).execute();
  const batches = await db.selectFrom('batches').select('id').where('id', 'in', ids).execute();
  const known = new Map([...rows.map((row) => [row.id, row.deleted_at] as const), ...batches.map(({ id }) => [id, null] as const)]);
  return { deleted: ids.filter((id) => known.get(id)), unknown: ids.filter((id) => !known.has(id)) };
}

/** Tell Temporal again that a run was deleted. */
export async function deleteAgain(db: Database, run_id: string): Promise<void> {
  await enqueue(db, { topic: 'temporal.delete', run_id, payload: {} });
}

/** Words to Temporal that were given up: tell them again. Temporal drops what it knows. */
export async function tellAgain(db: Database): Promise<number> {
  const result =
    await sql`update outbox set failed_at = null, tries = 0, due_at = now() where topic <> 'webhook' and failed_at is not null`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
