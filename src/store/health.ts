import { sql } from 'kysely';
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

export interface Counts {
  runs: Record<string, number>;
  reviews_pending: number;
  outbox_waiting: number;
  outbox_failed: number;
  outbox_lag_seconds: number;
}

export async function countRecords(db: Handle): Promise<Counts> {
  const runs = await sql<{
    status: string;
    count: number;
  }>`select status, count(*) as count from runs where deleted_at is null group by status`.execute(db);
  const {
    rows: [rest],
  } = await sql<Omit<Counts, 'runs'>>`select
    (select count(*) from reviews where status = 'pending') as reviews_pending,
    (select count(*) from outbox where done_at is null and failed_at is null) as outbox_waiting,
    (select count(*) from outbox where failed_at is not null) as outbox_failed,
    (select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from outbox where done_at is null and failed_at is null) as outbox_lag_seconds`.execute(
    db,
  );
  return {
    ...(rest ?? { reviews_pending: 0, outbox_waiting: 0, outbox_failed: 0, outbox_lag_seconds: 0 }),
    runs: Object.fromEntries(runs.rows.map(({ status, count }) => [status, count])),
  };
}
