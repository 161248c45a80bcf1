import { sql } from 'kysely';
import type { Database } from './database.ts';
import { enqueue } from './outbox.ts';

/** Runs that Postgres holds for open, older than the grace: one page of them, by id. */
export async function openRuns(db: Database, page: { after: string; limit: number; olderThanMs: number }): Promise<{ id: string; chain: string; input: unknown; status: string }[]> {
  return db.selectFrom('runs').select(['id', 'chain', 'input', 'status']).where('ended_at', 'is', null).where('deleted_at', 'is', null)
    .where('started_at', '<', new Date(Date.now() - page.olderThanMs)).where('id', '>', page.after).orderBy('id').limit(page.limit).execute();
}

/** Is there a word on its way to Temporal about this run? Then nothing differs yet. */
export async function onItsWay(db: Database, run_id: string): Promise<boolean> {
  return (await db.selectFrom('outbox').select('id').where('run_id', '=', run_id).where('topic', '<>', 'webhook').where('done_at', 'is', null).where('failed_at', 'is', null).executeTakeFirst()) !== undefined;
}

/** Start again what Temporal has lost. The records answer for what was done: nothing is paid twice. */
export async function startAgain(db: Database, run: { id: string; chain: string; input: unknown }): Promise<void> {
  await enqueue(db, { topic: 'temporal.start', run_id: run.id, payload: { run_id: run.id, chain: run.chain, input: run.input }, dedupe: `start:${run.id}:again:${Date.now()}` });
}

/** Decisions that Postgres has and whose word was given up or lost: tell them again. Temporal drops what it knows. */
export async function untoldDecisions(db: Database): Promise<number> {
  const { numUpdatedRows } = await sql`update outbox set failed_at = null, tries = 0, due_at = now() where topic <> 'webhook' and failed_at is not null`.execute(db).then((result) => ({ numUpdatedRows: Number(result.numAffectedRows ?? 0n) }));
  return numUpdatedRows;
}
