import { sql } from 'kysely';
import { openCases, type BatchCase } from './batches.ts';
import { crashPoint } from './crash-point.ts';
import { json, type Database } from './database.ts';
import { isDue, isFresh, leaseSeconds, type Leased } from './outbox-queue.ts';

/** Runs of one chain that are worked together because their starts came quickly. To Temporal it is a batch, to users it is not there. */
export interface Gathering {
  id: string;
  chain: string;
}

/** For so long a new gathering has its chain's starts to itself although no worker has begun it. */
const begunWithinSeconds = 2;
/** Runs that leave a gathering are told of twice. Where most of them left, the next starts go alone for so long. */
const apartSeconds = 10;

/** A run that no gathering has, and that no workflow can have: its start was never told. */
const free = sql`r.batch_id is null and r.ended_at is null and r.deleted_at is null`;

/**
 * Put starts that are under this lease, and were under none before, into a gathering of their own, with one word to Temporal in
 * their place. One statement decides: a relay that dies before it left them to be told alone, one that dies after it left the word.
 * Returns the word, under the same lease, and which starts it stands for; null where the chain's runs had better go alone.
 */
export async function gather(
  db: Database,
  { id, chain, starts }: Gathering & { starts: readonly Leased[] },
): Promise<{ word: Leased; gathered: number[] } | null> {
  const token = starts[0]?.token ?? '';
  const payload = { batch_id: id };
  const { rows } = await sql<{ word: number | null; gathered: number[] }>`
    with picked as (
      select o.id, o.run_id from outbox o join runs r on r.id = o.run_id
      where o.id = any(${starts.map((start) => start.id)}) and o.lease_token = ${token} and o.done_at is null and ${free}
        and not (${mostlyLeft(chain)})
      for update of o skip locked
    ), made as (
      insert into batches (id, chain, gathered, takes_until)
      select ${id}, ${chain}, true, now() + make_interval(secs => ${begunWithinSeconds}) where exists (select from picked)
    ), joined as (
      update runs r set batch_id = ${id} from picked where r.id = picked.run_id and ${free} returning r.id
    ), told as (
      update outbox o set done_at = now(), lease_until = null
      from picked where o.id = picked.id and picked.run_id in (select id from joined) returning o.id
    ), word as (
      insert into outbox (topic, payload, lease_token, lease_until)
      select 'temporal.batch', ${json(payload)}::jsonb, ${token}, now() + make_interval(secs => ${leaseSeconds})
      where exists (select from joined) returning id
    )
    select (select id from word) as word, coalesce((select jsonb_agg(id) from told), '[]') as gathered`.execute(db);
  const [row] = rows;
  if (!row?.word) return null;
  crashPoint('gathering.written');
  return { word: { id: row.word, topic: 'temporal.batch', run_id: null, payload, tries: 1, token, fresh: false }, gathered: row.gathered };
}

const mostlyLeft = (chain: string) => sql`
  select coalesce(count(r.left_batch_at) * 2 > count(*), false) from runs r where r.batch_id = (
    select b.id from batches b where b.gathered and b.chain = ${chain} and b.started_at > now() - make_interval(secs => ${apartSeconds})
    order by b.started_at desc limit 1)`;

/** The gathering that this batch is, null for one that somebody asked for. */
export async function gatheringOf(db: Database, id: string): Promise<Gathering | null> {
  const row = await db.selectFrom('batches').select(['id', 'chain', 'gathered']).where('id', '=', id).executeTakeFirst();
  return row?.gathered ? { id: row.id, chain: row.chain } : null;
}

/** Have the chain's starts to itself for so long; null: leave them to the relay, which is told. */
export async function hold(db: Database, { id }: Gathering, ms: number | null): Promise<void> {
  if (ms === null) return leave(db, id);
  await sql`update batches set takes_until = now() + make_interval(secs => ${ms / 1000}::float8)
    where id = ${id} and ended_at is null`.execute(db);
}

async function leave(db: Database, id: string): Promise<void> {
  await sql`with left_to as (update batches set takes_until = null where id = ${id} and ended_at is null returning 1)
    select ${wakeRelay} from left_to`.execute(db);
}

/** What came while the relay left it to a gathering. */
const wakeRelay = sql`pg_notify('trimtab_outbox', 'temporal.start')`;

/** Take starts of the chain that are due and were never told, at most so many: from then on they are runs of this gathering. */
export async function takeStarts(db: Database, { id, chain }: Gathering, limit: number): Promise<BatchCase[]> {
  const due = sql`${isDue} and o.topic = 'temporal.start' and coalesce(o.payload ->> 'chain', '') = ${chain} and ${isFresh}`;
  const { rows } = await sql<Omit<BatchCase, 'cancel_requested'> & { cancel_requested_at: Date | null }>`
    with gathering as materialized (
      select id from batches where id = ${id} and ended_at is null and exists (select from outbox o where ${due}) for update
    ), picked as (
      select o.id, o.run_id from outbox o join runs r on r.id = o.run_id
      where exists (select from gathering) and ${due} and ${free} order by o.id limit ${limit} for update of o skip locked
    ), joined as (
      update runs r set batch_id = ${id} from picked where r.id = picked.run_id and ${free}
      returning r.id, r.chain, r.input, r.started_at, r.cancel_requested_at
    ), told as (
      update outbox o set done_at = now() from picked where o.id = picked.id and picked.run_id in (select id from joined)
    )
    select id, chain, input, started_at, cancel_requested_at from joined`.execute(db);
  if (rows.length > 0) crashPoint('gathering.taken');
  return rows.map(({ cancel_requested_at, ...run }) => ({ ...run, cancel_requested: cancel_requested_at !== null }));
}

/** End it unless a run of it is open. False: there are some, taken in by a worker that is gone. */
export const endGathering = (db: Database, { id }: Gathering): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    // Locked first, so that what is read after it has everything that was taken in.
    await tx.selectFrom('batches').select('id').where('id', '=', id).forUpdate().execute();
    const [open] = await openCases(tx, id, { after: '', limit: 1 });
    if (open) return false;
    await tx.updateTable('batches').set({ ended_at: new Date() }).where('id', '=', id).where('ended_at', 'is', null).execute();
    await sql`select ${wakeRelay}`.execute(tx);
    return true;
  });
