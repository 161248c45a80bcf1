import { sql } from 'kysely';
import type { Database, Handle } from './database.ts';

/** A message under lease. Only who holds the token may finish it. */
export interface Leased {
  id: number;
  topic: string;
  run_id: string | null;
  payload: unknown;
  /** Tries that came to their end, and this one. A killed relay's are none: pauses would grow by deaths that the receiver has no part in. */
  tries: number;
  token: string;
  /** The first word of a run, never under a lease before: Temporal cannot know the run. */
  fresh: boolean;
}

/** A relay that was killed holds its messages no longer than this. */
export const leaseSeconds = 15;

interface Wanted {
  token: string;
  limit: number;
  topics: readonly string[];
}

/** Of a message `o`. */
export const isDue = sql`o.done_at is null and o.failed_at is null and o.due_at <= now() and (o.lease_until is null or o.lease_until < now())`;
export const isFresh = sql`coalesce(o.lease_token is null and o.tries = 0 and o.dedupe = 'start:' || o.run_id, false)`;
/** Messages of one run keep their order: the oldest first, the others wait for it. */
const itsTurn = sql`not exists (
  select 1 from outbox p where p.run_id = o.run_id and p.id < o.id and p.topic <> 'webhook' and p.done_at is null and p.failed_at is null)`;

/** Take messages that are due and nobody holds, the oldest first. Starts are taken from the chains in turn. */
export async function lease(db: Database, wanted: Wanted): Promise<Leased[]> {
  const starts = wanted.topics.length === 1 && wanted.topics[0] === 'temporal.start';
  const rows = await sql<Omit<Leased, 'token'>>`
    with picked as materialized (${starts ? startsInTurn(wanted.limit) : oldest(wanted)})
    update outbox set lease_token = ${wanted.token}, lease_until = now() + make_interval(secs => ${leaseSeconds})
    from picked where outbox.id = picked.id
    returning outbox.id, topic, run_id, payload, tries + 1 as tries, picked.fresh`.execute(db);
  return rows.rows.map((row) => ({ ...row, token: wanted.token })).toSorted((a, b) => a.id - b.id);
}

const oldest = ({ topics, limit }: Wanted) => sql`
  select o.id, false as fresh from outbox o
  where ${isDue} and o.topic = any(${[...topics]}) and (o.run_id is null or o.topic = 'webhook' or ${itsTurn})
  order by o.id limit ${limit} for update skip locked`;

/** Gatherings of a chain at once, for each worker that lives. While there are so many, its starts wait for a place in them. */
const gatheringsPerWorker = 3;
/** An older one has taken for its time, and whoever is still under way in it has given his place back: one call that hangs holds up no start. */
const gatheringSeconds = 30;
/** A gathering of chain `c` takes its starts. */
const isHeld = sql`(
  exists (select from batches b where b.gathered and b.chain = c.chain and b.ended_at is null and b.takes_until > now())
  or (select count(*) from batches b where b.gathered and b.chain = c.chain and b.ended_at is null
      and b.started_at > now() - make_interval(secs => ${sql.lit(gatheringSeconds)}))
    >= ${gatheringsPerWorker} * greatest(1, (select count(*) from workers where seen_at > now() - interval '20 seconds')))`;

/**
 * The first start of every chain, then the second of every chain: ten thousand of one do not hold up one of another. The
 * chains that wait are found by jumping through the index from each to the next.
 */
const startsInTurn = (limit: number) => {
  const waits = sql`topic = 'temporal.start' and done_at is null and failed_at is null`;
  return sql`
    with recursive chains as (
      (select coalesce(payload ->> 'chain', '') as chain from outbox where ${waits} order by 1 limit 1)
      union all
      select (select coalesce(payload ->> 'chain', '') from outbox where ${waits} and coalesce(payload ->> 'chain', '') > c.chain order by 1 limit 1) from chains c where c.chain is not null
    ), held as materialized (
      select c.chain, ${isHeld} as held from chains c where c.chain is not null
    ), ranked as (
      select s.id, row_number() over (partition by c.chain order by s.id) as turn
      from held c, lateral (
        select o.id from outbox o where ${isDue} and o.topic = 'temporal.start' and coalesce(o.payload ->> 'chain', '') = c.chain
          and not (c.held and ${isFresh}) and ${itsTurn} order by o.id limit ${limit}) s
    )
    select o.id, ${isFresh} as fresh from outbox o
    where o.id in (select id from ranked order by turn, id limit ${limit}) for update skip locked`;
};

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
    .set({ done_at: new Date(), lease_until: null, last_error: null, tries: message.tries })
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
      tries: message.tries,
      lease_token: null,
      lease_until: null,
      ...(later.afterMs === null ? { failed_at: new Date() } : { due_at: new Date(Date.now() + later.afterMs) }),
    })
    .where('id', '=', message.id)
    .where('lease_token', '=', message.token)
    .execute();
}
