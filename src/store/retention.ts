import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Forget what has served: told messages after a day, kept answers after a week, used or old links and sessions, workers that are gone, answers of sources past their time. */
export async function forgetOld(db: Database): Promise<void> {
  await sql`delete from outbox where done_at < now() - interval '1 day'`.execute(db);
  await sql`delete from idempotency_keys where created_at < now() - interval '7 days'`.execute(db);
  await sql`delete from sign_in_links where expires_at < now() - interval '1 day'`.execute(db);
  await sql`delete from sessions where expires_at < now()`.execute(db);
  await sql`delete from workers where seen_at < now() - interval '1 day'`.execute(db);
  await sql`delete from source_answers where expires_at < now()`.execute(db);
}
