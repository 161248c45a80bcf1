import { sql } from 'kysely';
import type { Carried } from '../correct/conduct.ts';
import type { Batch } from '../shapes/batch.ts';
import { audit } from './audit.ts';
import { crashPoint } from './crash-point.ts';
import { json, type Database, type Handle } from './database.ts';
import { enqueue } from './outbox.ts';
import type { Who } from './who.ts';

/** A case of a batch, to be worked in place. */
export interface BatchCase {
  id: string;
  chain: string;
  input: unknown;
  cancel_requested: boolean;
  started_at: Date;
}

interface NewCase {
  id: string;
  input: unknown;
  user: string | null;
  metadata: Record<string, unknown>;
}

/** Write a batch and its runs, and tell Temporal. Ids are made outside: done again, it changes nothing. */
export async function insertBatch(
  db: Handle,
  batch: { id: string; chain: string; cases: readonly NewCase[]; by: string | Who },
): Promise<void> {
  const { id, chain, cases } = batch;
  const inserted = await db
    .insertInto('batches')
    .values({ id, chain })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return;
  const rows = cases.map((one) => ({
    id: one.id,
    chain,
    input: json(one.input),
    user_name: one.user,
    metadata: json(one.metadata),
    batch_id: id,
  }));
  await db.insertInto('runs').values(rows).execute();
  await startBatch(db, id);
  await audit(db, { actor: batch.by, action: 'batch.start', subject: id, detail: { chain, cases: cases.length } });
}

/** Tell Temporal of a batch, again where it has lost it. */
export const startBatch = (db: Handle, id: string): Promise<void> =>
  enqueue(db, { topic: 'temporal.batch', run_id: null, payload: { batch_id: id } });

/** The batch with its counts, null where there is none. Deleted runs are not counted. */
export async function getBatch(db: Handle, id: string): Promise<Batch | null> {
  const row = await db.selectFrom('batches').selectAll().where('id', '=', id).where('gathered', '=', false).executeTakeFirst();
  if (!row) return null;
  const counted = await db
    .selectFrom('runs')
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .where('batch_id', '=', id)
    .where('deleted_at', 'is', null)
    .groupBy('status')
    .execute();
  const counts = { running: 0, waiting: 0, blocked: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const { status, count } of counted) counts[status as keyof typeof counts] = count;
  return {
    id,
    chain: row.chain,
    cases: counted.reduce((sum, { count }) => sum + count, 0),
    counts,
    started_at: row.started_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}

/** The workflow that a run is worked in: its batch's or gathering's until it leaves, else its own. */
export async function workflowOf(db: Handle, run_id: string): Promise<string> {
  const row = await db.selectFrom('runs').select(['batch_id', 'left_batch_at']).where('id', '=', run_id).executeTakeFirst();
  return row?.batch_id && row.left_batch_at === null ? row.batch_id : run_id;
}

/** Cases that are neither over nor on their own, by id, after one id. */
export async function openCases(
  db: Handle,
  batch_id: string,
  page: { after: string; limit: number; except?: readonly string[] },
): Promise<BatchCase[]> {
  const { except = [] } = page;
  let query = db
    .selectFrom('runs')
    .select(['id', 'chain', 'input', 'cancel_requested_at', 'started_at'])
    .where('batch_id', '=', batch_id)
    .where('id', '>', page.after)
    .where('left_batch_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(page.limit);
  if (except.length > 0) query = query.where('id', 'not in', except);
  const rows = await query.execute();
  return rows.map(({ cancel_requested_at, ...row }) => ({ ...row, cancel_requested: cancel_requested_at !== null }));
}

/** Which of these runs somebody wants cancelled, or has deleted. */
export async function unwantedRuns(db: Handle, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('id', 'in', ids)
    .where((eb) => eb.or([eb('cancel_requested_at', 'is not', null), eb('deleted_at', 'is not', null)]))
    .execute();
  return rows.map(({ id }) => id);
}

/** The case waits: it goes on as a workflow of its own. The records answer there for what was done here. */
export async function leaveBatch(db: Database, one: Pick<BatchCase, 'id' | 'chain' | 'input'>, carried: Carried | null): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const left = await tx
      .updateTable('runs')
      .set({ left_batch_at: new Date(), updated_at: new Date() })
      .where('id', '=', one.id)
      .where('left_batch_at', 'is', null)
      .where('ended_at', 'is', null)
      .where('deleted_at', 'is', null)
      .returning('cancel_requested_at')
      .executeTakeFirst();
    if (!left) return;
    const payload = { run_id: one.id, chain: one.chain, input: one.input, ...(carried ? { carried } : {}) };
    await enqueue(tx, { topic: 'temporal.start', run_id: one.id, payload, dedupe: `leave:${one.id}` });
    if (left.cancel_requested_at !== null) await enqueue(tx, { topic: 'temporal.cancel', run_id: one.id, payload: {} });
    crashPoint('batch.case.left');
  });
}

/** No case of it is worked any more. What is still open is seen by the reconciler as any run is. */
export async function endBatch(db: Handle, id: string): Promise<void> {
  await db.updateTable('batches').set({ ended_at: new Date() }).where('id', '=', id).where('ended_at', 'is', null).execute();
}

/** Batches that are not over, older than a time, with no word to Temporal on its way. */
export async function openBatches(db: Handle, olderThanMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('batches')
    .select('id')
    .where('ended_at', 'is', null)
    .where('started_at', '<', new Date(Date.now() - olderThanMs))
    .where(
      sql<boolean>`not exists (select 1 from outbox o where o.topic = 'temporal.batch' and o.payload ->> 'batch_id' = batches.id and o.done_at is null and o.failed_at is null)`,
    )
    .execute();
  return rows.map(({ id }) => id);
}
