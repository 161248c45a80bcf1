import { sql } from 'kysely';
import type { ApiAnswer } from '../../stack/call-api.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { inParallel, onItsOwnStack, type ApiFault, type ApiStack } from '../harness/api-stack.ts';
import type { Counts } from '../harness/fault.ts';

const clients = 32;

/**
 * Postgres refuses one commit of five with a code that it gives a transaction which lost to another, and says so late or
 * early; the defaults of the database make real deadlocks and lock time-outs come fast.
 */
async function makeItClash({ db, databaseUrl }: ApiStack): Promise<void> {
  const name = sql.id(new URL(databaseUrl).pathname.slice(1));
  await sql`alter database ${name} set deadlock_timeout = '20ms'`.execute(db);
  await sql`alter database ${name} set lock_timeout = '80ms'`.execute(db);
  await sql`create or replace function clash() returns trigger language plpgsql as $$
    declare code text := (array['40001', '40P01', '55P03'])[1 + floor(random() * 3)::int];
    begin
      if random() < 0.2 then raise exception 'a clash that the test made' using errcode = code; end if;
      return null;
    end $$`.execute(db);
  await sql`create constraint trigger clash after insert on audit deferrable initially deferred for each row execute function clash()`.execute(
    db,
  );
  // Connections that are there keep the settings that they began with.
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trimtab server'`.execute(db);
}

async function makeItCalm({ db, databaseUrl }: ApiStack): Promise<void> {
  const name = sql.id(new URL(databaseUrl).pathname.slice(1));
  await sql`drop trigger clash on audit`.execute(db);
  await sql`alter database ${name} reset all`.execute(db);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trimtab server'`.execute(db);
}

/** Holds rows that people write, in the order opposite to theirs, now and then for longer than they may wait. */
async function rival({ db }: ApiStack, review: { id: string; run_id: string }, ms: number): Promise<void> {
  await db
    .transaction()
    .execute(async (tx) => {
      await sql`select 1 from runs where id = ${review.run_id} for update`.execute(tx);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await sql`select 1 from reviews where id = ${review.id} for update`.execute(tx);
    })
    .catch(() => undefined);
}

/** Each asks for what touches the run that others touch at the same moment. */
async function crowd(stack: ApiStack, review: { id: string; run_id: string }, random: () => number): Promise<ApiAnswer[]> {
  const at = (path: string, call: Parameters<ApiStack['call']>[1] = {}) => stack.call(path, { server: Math.floor(random() * 2), ...call });
  const decision = { body: { decision: 'approve', version: 1 } };
  const held = rival(stack, review, random() * 120);
  const [asked] = await Promise.all([
    Promise.all([
      at(`/v1/reviews/${review.id}/decision`, decision),
      at(`/v1/reviews/${review.id}/decision`, { ...decision, person: 1 }),
      at(`/v1/runs/${review.run_id}/cancel`, { method: 'POST' }),
      at(`/v1/runs/${review.run_id}/feedback`, { body: { type: 'comment', value: 'again' } }),
      at('/v1/chains/tickets/runs', { body: { input: { question: '?' } } }),
      random() < 0.3 ? at(`/v1/runs/${review.run_id}`, { method: 'DELETE' }) : at(`/v1/reviews/${review.id}/claim`, { method: 'POST' }),
    ]),
    held,
  ]);
  return asked;
}

async function play(stack: ApiStack, { kills: rounds, seed }: { kills: number; seed: number }): Promise<Counts> {
  const random = seededRandom(seed);
  const reviews: { id: string; run_id: string }[] = [];
  for (let n = 0; n < rounds; n += 1) reviews.push(await stack.review());
  await makeItClash(stack);
  const answers: ApiAnswer[] = [];
  const before = await clashes(stack);
  await inParallel(reviews, Math.ceil(clients / 6), async (review) => void answers.push(...(await crowd(stack, review, random))));
  const after = await clashes(stack);
  await makeItCalm(stack);
  const seen = answers.filter(({ status }) => status >= 500);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from (select review_id from decisions group by 1 having count(*) > 1) as twice`.execute(stack.db);
  if (seen.length > 0) throw new Error(`${seen.length} of ${answers.length} people saw a clash: ${JSON.stringify(seen[0]?.body)}`);
  return {
    operations: answers.length,
    kills: 0,
    succeeded: answers.length - seen.length,
    lost: 0,
    doubled: rows[0]?.n ?? 0,
    notes: { rollbacks: after.rollbacks - before.rollbacks, 'real deadlocks': after.deadlocks - before.deadlocks },
  };
}

async function clashes({ db }: ApiStack): Promise<{ rollbacks: number; deadlocks: number }> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{
    rollbacks: number;
    deadlocks: number;
  }>`select xact_rollback::int as rollbacks, deadlocks::int as deadlocks from pg_stat_database where datname = current_database()`.execute(
    db,
  );
  return rows[0] ?? { rollbacks: 0, deadlocks: 0 };
}

export const clashing: ApiFault = {
  id: 'F14',
  title: 'deadlocks, serialization failures, lock time-outs, 32 clients',
  kills: { slice: 25, full: 1_000 },
  play,
};
export const f14 = onItsOwnStack(clashing);
