import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { startListener } from '../../src/store/listener.ts';
import { again, transact } from '../../src/store/transact.ts';
import { isAway } from '../../src/store/trouble.ts';
import { testDatabase, type TestDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';
import { startPostgresProxy, type PostgresProxy } from './harness/postgres-proxy.ts';

/** What the product makes of a link to Postgres that breaks: its pool, its transactions, its ear. */
let database: TestDatabase;
let proxy: PostgresProxy;
let db: Database;

beforeAll(async () => {
  database = await testDatabase({ max: 4 });
  await sql`create table notes (n int)`.execute(database.db);
  proxy = await startPostgresProxy(database.url);
  db = openDatabase(proxy.through(database.url), { max: 3, silenceMs: 500 });
});
afterEach(() => {
  proxy.set('open');
  proxy.onQuery(null);
});
afterAll(async () => {
  await db.destroy();
  await proxy.stop();
});

const note = (n: number) => sql`insert into notes values (${n})`;
const times = async (n: number): Promise<number> =>
  (await sql<{ times: number }>`select count(*)::int as times from notes where n = ${n}`.execute(database.db)).rows[0]?.times ?? -1;

describe('a link that loses what it carries', () => {
  it('is said to be away when the answer to a COMMIT is lost, and the work is not done twice', async () => {
    proxy.onQuery(({ commits }) => (commits ? 'lose_reply' : null));
    const error = await transact(db, (tx) => note(1).execute(tx)).catch((thrown: unknown) => thrown);
    expect(isAway(error), String(error)).toBe(true);
    expect(await times(1)).toBe(1);
  });

  it('lets work that finds itself be done again: it sees that it was done', async () => {
    let lose = 2;
    proxy.onQuery(({ commits }) => (commits && lose-- > 0 ? 'lose_reply' : null));
    const seen: number[] = [];
    await transact(
      db,
      async (tx) => {
        const { rows } = await sql`select 1 from notes where n = 2`.execute(tx);
        seen.push(rows.length);
        if (rows.length === 0) await note(2).execute(tx);
        // The second loss needs something to commit.
        else await sql`update notes set n = n where n = 2`.execute(tx);
      },
      { repeatable: true },
    );
    expect(seen).toEqual([0, 1, 1]);
    expect(await times(2)).toBe(1);
  });

  it('gives up after three losses in a row, so that a caller hears of it', async () => {
    proxy.onQuery(() => 'cut_before');
    let tries = 0;
    const error = await again(
      () =>
        note(3)
          .execute(db)
          .finally(() => (tries += 1)),
      { repeatable: true },
    ).catch((thrown: unknown) => thrown);
    expect(isAway(error), String(error)).toBe(true);
    expect(tries).toBe(3);
    expect(await times(3)).toBe(0);
  });
});

describe('a link that stands half open', () => {
  it('ends the statement that waits on it, also inside a transaction, and the pool goes on when it is healed', async () => {
    await sql`select 1`.execute(db);
    const inside = db.transaction().execute(async (tx) => {
      await note(4).execute(tx);
      proxy.set('half_open');
      // Beside the connection in use, one from the pool that looks fine.
      await Promise.all([note(4).execute(tx), sql`select 1`.execute(db)]);
    });
    const errors = [await inside.catch((thrown: unknown) => thrown)];
    expect(errors.map(isAway), String(errors)).toEqual([true]);
    proxy.set('open');
    await Promise.all([1, 2, 3, 4].map(() => sql`select 1`.execute(db)));
    expect(await times(4)).toBe(0);
  });

  it('is noticed by the ear, which comes back and says that it may have missed something', async () => {
    const listener = startListener(proxy.through(database.url), { beatMs: 200 });
    const heard: string[] = [];
    let returns = 0;
    listener.on('notes', (payload) => heard.push(payload));
    listener.onReturn(() => (returns += 1));
    await until(async () => returns === 1);
    proxy.set('half_open');
    await sql`notify notes, 'missed'`.execute(database.db);
    // The connection that stood still is given up while the link is still half open.
    await until(async () => (await listeners()) === 0 || proxy.connections() > 1);
    proxy.set('open');
    await until(async () => returns >= 2);
    await sql`notify notes, 'heard'`.execute(database.db);
    await until(async () => heard.includes('heard'));
    expect(heard).not.toContain('missed');
    await listener.stop();
  });
});

const listeners = async (): Promise<number> =>
  (
    await sql<{
      n: number;
    }>`select count(*)::int as n from pg_stat_activity where application_name = 'trimtab listen' and datname = current_database()`.execute(
      database.db,
    )
  ).rows[0]?.n ?? 0;

describe('a server with defaults of its own', () => {
  it('changes nothing that the code relies on', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await sql`alter database ${sql.id(name)} set default_transaction_isolation = 'serializable'`.execute(database.db);
    await sql`alter database ${sql.id(name)} set statement_timeout = '1h'`.execute(database.db);
    const own = openDatabase(database.url, { max: 1 });
    const shown = await sql`select current_setting('transaction_isolation') as isolation, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('search_path') as path`.execute(own);
    await own.destroy();
    expect(shown.rows).toEqual([{ isolation: 'read committed', statement: '25s', idle: '1min', path: 'trimtab,public' }]);
  });
});
