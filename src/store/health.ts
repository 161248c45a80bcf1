import { sql, type RawBuilder } from 'kysely';
import type { ProviderState } from '../shapes/breaker.ts';
import { providerStates } from './breakers.ts';
import type { Handle } from './database.ts';

/** A worker says every 5 s that it is there. */
const goneAfterMs = 20_000;

/** Builds of the workers that are there now. */
export async function liveWorkers(db: Handle): Promise<string[]> {
  const rows = await db
    .selectFrom('workers')
    .select('build')
    .where('seen_at', '>', new Date(Date.now() - goneAfterMs))
    .execute();
  return rows.map((row) => row.build);
}

/** The records at this moment, for `/metrics`. Ages in seconds, 0 where nothing waits. */
export interface Counts {
  runs: Record<string, number>;
  /** Blocked runs by the code of their cause. */ blocked: Record<string, number>;
  runs_unopened: number;
  /** Of those whose turn in a batch has not come only where no case of it has begun. */ runs_unopened_age_seconds: number;
  queues: { queue: string; depth: number; age_seconds: number; overdue: number }[];
  calls_open: number;
  calls_open_age_seconds: number;
  /** Messages not yet told. */ outbox: { topic: string; waiting: number; age_seconds: number }[];
  outbox_failed: number;
  workers: number;
  providers: ProviderState[];
}

const none = { runs_unopened: 0, runs_unopened_age_seconds: 0, calls_open: 0, calls_open_age_seconds: 0, outbox_failed: 0, workers: 0 };

/** Counts of rows that are open go by partial indexes; only ended runs are counted one by one. */
export async function countRecords(db: Handle): Promise<Counts> {
  const [runs, blocked, queues, outbox, rest, providers] = await Promise.all([
    counted(db, sql`select status as name, count(*)::int as count from runs where deleted_at is null group by 1`),
    counted(db, sql`select coalesce(error ->> 'code', '') as name, count(*)::int as count from runs where status = 'blocked' group by 1`),
    sql<Counts['queues'][number]>`select queue, count(*)::int as depth, extract(epoch from now() - min(created_at))::float8 as age_seconds,
      (count(*) filter (where due_at < now()))::int as overdue from reviews where status = 'pending' group by 1`.execute(db),
    sql<Counts['outbox'][number]>`select topic, count(*)::int as waiting, extract(epoch from now() - min(created_at))::float8 as age_seconds
      from outbox where done_at is null and failed_at is null group by 1`.execute(db),
    ages(db),
    providerStates(db),
  ]);
  return { ...none, ...rest, providers, runs, blocked, queues: queues.rows, outbox: outbox.rows };
}

async function counted(db: Handle, query: RawBuilder<unknown>): Promise<Record<string, number>> {
  const { rows } = await (query as RawBuilder<{ name: string; count: number }>).execute(db);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Batches that a worker has: their cases wait for their turn, not for a worker. */
const begunBatches = sql`select id from batches where ended_at is null and not gathered
  and exists (select from runs where runs.batch_id = batches.id and runs.plan is not null)`;

async function ages(db: Handle): Promise<typeof none | undefined> {
  const { rows } = await sql<typeof none>`select
    coalesce(u.count, 0)::int as runs_unopened, coalesce(u.age, 0)::float8 as runs_unopened_age_seconds,
    coalesce(c.count, 0)::int as calls_open, coalesce(c.age, 0)::float8 as calls_open_age_seconds,
    (select count(*)::int from outbox where failed_at is not null) as outbox_failed,
    (select count(*)::int from workers where seen_at > now() - interval '20 seconds') as workers
    from (select sum(g.count) as count, extract(epoch from now() - min(g.oldest) filter (where not g.begun)) as age from (
            select count(*) as count, min(started_at) as oldest, batch_id in (${begunBatches}) is true as begun from runs
            where status = 'running' and plan is null and deleted_at is null group by batch_id) g) u,
         (select count(*) as count, extract(epoch from now() - min(started_at)) as age from attempts where status = 'started') c`.execute(
    db,
  );
  return rows[0];
}
