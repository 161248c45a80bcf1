import { sql } from 'kysely';
import type { Database, Handle } from './database.ts';

/** A message under lease. Only who holds the token may finish it. */
export interface Leased {
  id: number;
  topic: string;
  run_id: string | null;
  payload: unknown;
  tries: number;
  token: string;
}

/** A relay that was killed holds its messages no longer than this. */
const leaseSeconds = 15;

/** Take messages that are due and nobody holds. Those of one run keep their order: the oldest first, the others wait for it. */
export async function lease(db: Database, wanted: { token: string; limit: number; topics: readonly string[] }): Promise<Leased[]> {
  const rows = await sql<Omit<Leased, 'token'>>`
    update outbox set lease_token = ${wanted.token}, lease_until = now() + make_interval(secs => ${leaseSeconds}), tries = tries + 1
    where id in (
      select o.id from outbox o
      where o.done_at is null and o.failed_at is null and o.due_at <= now() and (o.lease_until is null or o.lease_until < now()) and o.topic = any(${[...wanted.topics]})
        and (o.run_id is null or o.topic = 'webhook' or not exists (
          select 1 from outbox p where p.run_id = o.run_id and p.id < o.id and p.topic <> 'webhook' and p.done_at is null and p.failed_at is null))
      order by o.id limit ${wanted.limit} for update skip locked)
    returning id, topic, run_id, payload, tries`.execute(db);
  return rows.rows.map((row) => ({ ...row, token: wanted.token })).toSorted((a, b) => a.id - b.id);
}

/** Telling takes longer than a lease: hold on to what is still ours. */
export async function renewLeases(db: Handle, messages: readonly Leased[]): Promise<void> {
  await sql`update outbox set lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = any(${messages.map((message) => message.id)}) and lease_token = any(${messages.map((message) => message.token)}::uuid[]) and done_at is null`.execute(
    db,
  );
}

export async function finishMessage(db: Handle, message: Leased): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ done_at: new Date(), lease_until: null, last_error: null })
    .where('id', '=', message.id)
    .where('lease_token', '=', message.token)
    .execute();
}

/** Put it back for later, or give it up: then it is listed by the reconciler. */
export async function postponeMessage(db: Handle, message: Leased, later: { error: string; afterMs: number | null }): Promise<void> {
  await db
    .updateTable('outbox')
    .set({
      last_error: later.error.slice(0, 500),
      lease_token: null,
      lease_until: null,
      ...(later.afterMs === null ? { failed_at: new Date() } : { due_at: new Date(Date.now() + later.afterMs) }),
    })
    .where('id', '=', message.id)
    .where('lease_token', '=', message.token)
    .execute();
}
