import { sql } from 'kysely';
import { TrimtabError } from '../errors.ts';
import type { Run } from '../shapes/run.ts';
import { actorOf, audit } from './audit.ts';
import { crashPoint } from './crash-point.ts';
import { json, type Database, type Handle } from './database.ts';
import { enqueue } from './outbox.ts';
import { getRun, newRun } from './run-queries.ts';
import { transact } from './transact.ts';
import { enqueueEvent } from './webhook-events.ts';
import type { Who } from './who.ts';

/**
 * A run, the word to Temporal to start it, and who did it: one statement. A second time with the same id, nothing happens.
 * Returns the run as it is.
 */
export async function insertRun(
  db: Handle,
  run: { id: string; chain: string; input: unknown; user: string | null; metadata: Record<string, unknown>; by: string | Who },
): Promise<Run> {
  const { id, chain } = run;
  const { actor, actor_id } = actorOf(run.by);
  const input = json(run.input);
  const { rows } = await sql<{ started_at: Date; input: unknown; metadata: Record<string, unknown> }>`
    with made as (
      insert into runs (id, chain, input, user_name, metadata)
      values (${id}, ${chain}, ${input}::jsonb, ${run.user}, ${json(run.metadata)}::jsonb)
      on conflict do nothing returning started_at, input, metadata
    ), word as (
      insert into outbox (topic, run_id, payload, dedupe)
      select 'temporal.start', ${id}, jsonb_build_object('run_id', ${id}::text, 'chain', ${chain}::text, 'input', made.input), ${`start:${id}`}
      from made on conflict (dedupe) do nothing
    ), noted as (
      insert into audit (actor, actor_id, action, subject, detail)
      select ${actor}, ${actor_id}, 'run.start', ${id}, jsonb_build_object('chain', ${chain}::text) from made
    )
    select started_at, input, metadata from made`.execute(db);
  const [made] = rows;
  return made ? newRun({ ...made, id, chain, user: run.user }) : ((await getRun(db, id)) as Run);
}

const open = ['running', 'waiting', 'blocked'];

/** Ask for the run to be cancelled. One that has ended stays as it is; asking twice is asking once. */
export async function cancelRun(db: Database, id: string, by: string | Who): Promise<void> {
  const cancel = async (tx: Handle): Promise<void> => {
    const asked = await tx
      .updateTable('runs')
      .set({ cancel_requested_at: new Date() })
      .where('id', '=', id)
      .where('status', 'in', open)
      .where('cancel_requested_at', 'is', null)
      .executeTakeFirst();
    if (asked.numUpdatedRows === 0n) return;
    await enqueue(tx, { topic: 'temporal.cancel', run_id: id, payload: {}, dedupe: `cancel:${id}` });
    await audit(tx, { actor: by, action: 'run.cancel', subject: id });
    crashPoint('cancel.written');
  };
  await transact(db, cancel, { repeatable: true });
  crashPoint('cancel.committed');
}

/**
 * Let blocked runs go on: one, or all of a chain or a cause, or of those only the ones that wait by `itself`, whose error names a step. Returns
 * their ids. Throws `conflict` for a named run that is not blocked.
 */
export async function retryRuns(
  db: Database,
  which: { id?: string; chain?: string | undefined; code?: string | undefined; waits?: 'itself' },
  by: string | Who,
): Promise<string[]> {
  let found: string[] = [];
  const retry = async (tx: Handle): Promise<string[]> => {
    let query = tx
      .selectFrom('runs')
      .select(['id', 'error', 'status'])
      .where('status', '=', 'blocked')
      .where('deleted_at', 'is', null)
      // In one order, so that two who retry do not hold each other up.
      .orderBy('id')
      .forUpdate();
    if (which.id !== undefined) query = query.where('id', '=', which.id);
    if (which.chain !== undefined) query = query.where('chain', '=', which.chain);
    if (which.code !== undefined) query = query.where((eb) => eb(eb.ref('error', '->>').key('code' as never), '=', which.code as never));
    if (which.waits === 'itself') query = query.where(sql`error ->> 'step'`, 'is not', null);
    const runs = await query.execute();
    // They were blocked when we looked first: that was committed, and its answer was lost.
    if (runs.length === 0 && found.length > 0) return found;
    found = runs.map((run) => run.id);
    if (which.id !== undefined && runs.length === 0) throw new TrimtabError('conflict', `run ${which.id} is not blocked`);
    for (const { id, error } of runs) {
      await tx.updateTable('runs').set({ status: 'running', error: null, updated_at: new Date() }).where('id', '=', id).execute();
      await enqueue(tx, { topic: 'temporal.retry', run_id: id, payload: {} });
      await audit(tx, { actor: by, action: 'run.retry', subject: id, detail: { code: (error as { code?: string } | null)?.code ?? null } });
    }
    crashPoint('retry.written');
    return found;
  };
  const retried = await transact(db, retry, { repeatable: true });
  crashPoint('retry.committed');
  return retried;
}

/** Remove what the run read and wrote; its row stays as a tombstone for counts. Temporal's history goes too. */
export async function deleteRun(db: Database, id: string, by: string | Who): Promise<void> {
  const erase = async (tx: Handle): Promise<void> => {
    // A decision locks its review before its run: in the same order here, so that neither waits for the other for ever.
    await tx.selectFrom('reviews').select('id').where('run_id', '=', id).orderBy('id').forUpdate().execute();
    const run = await tx
      .selectFrom('runs')
      .select('status')
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!run) return;
    const ended = !open.includes(run.status);
    await tx
      .updateTable('runs')
      .set({
        input: null,
        output: null,
        error: null,
        plan: null,
        metadata: '{}',
        user_name: null,
        deleted_at: new Date(),
        ...(ended ? {} : { status: 'cancelled', ended_at: new Date() }),
      })
      .where('id', '=', id)
      .execute();
    await eraseRecords(tx, id);
    // A word that is being told right now keeps its place, so that the deletion is told after it; what it says goes.
    await sql`update outbox set payload = payload - 'input' where run_id = ${id} and done_at is null and lease_until > now()`.execute(tx);
    await sql`delete from outbox where run_id = ${id} and (done_at is not null or lease_until is null or lease_until <= now())`.execute(tx);
    // The keys stay without their answers: a start that is sent again later must not make what was deleted anew.
    await sql`update idempotency_keys set status = null, answer = null where answer ->> 'id' = ${id} or answer ->> 'run_id' = ${id}`.execute(
      tx,
    );
    await enqueue(tx, { topic: 'temporal.delete', run_id: id, payload: {} });
    if (!ended) await enqueueEvent(tx, { event: 'run.ended', run_id: id, data: { status: 'cancelled' } });
    await audit(tx, { actor: by, action: 'run.delete', subject: id });
    crashPoint('delete.written');
  };
  await transact(db, erase, { repeatable: true });
  crashPoint('delete.committed');
}

/** What was read and written goes, who was asked how often and at what cost stays. */
async function eraseRecords(tx: Handle, id: string): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ advice: null, sent: null, output: null, message: null, sources: '[]' })
    .where('run_id', '=', id)
    .execute();
  await tx.updateTable('steps').set({ input: null }).where('run_id', '=', id).execute();
  await tx.updateTable('verdicts').set({ reason: '', at: null, missing: null }).where('run_id', '=', id).execute();
  for (const table of ['decisions', 'reviews', 'feedback', 'texts'] as const) await tx.deleteFrom(table).where('run_id', '=', id).execute();
}

/** A call that was under way when its run was deleted may still have written its answer down: erase again, for a day. */
export async function eraseDeleted(db: Database): Promise<void> {
  const gone = await db
    .selectFrom('runs')
    .select('id')
    .where('deleted_at', '>', new Date(Date.now() - 86_400_000))
    .execute();
  for (const { id } of gone) await transact(db, (tx) => eraseRecords(tx, id));
}
