import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { namesOfFrequent } from '../../src/store/prepared.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  // One connection, so that what it keeps can be asked of it.
  db = (await testDatabase({ max: 1 })).db;
});

const kept = async (part: string): Promise<number> =>
  (await sql`select 1 from pg_prepared_statements where statement like ${`%${part}%`} and statement not like '%pg_prepared%'`.execute(db))
    .rows.length;
const times = async (count: number, ask: () => Promise<unknown>): Promise<void> => {
  for (let n = 0; n < count; n += 1) await ask();
};

it('a statement that is asked often is kept by the connection, one that is asked now and then is not', async () => {
  await times(25, () => db.selectFrom('runs').select('id').where('chain', '=', 'often').execute());
  await times(5, () => db.selectFrom('runs').select('status').where('user_name', '=', 'seldom').execute());
  expect(await kept('"chain" = $1')).toBe(1);
  expect(await kept('"user_name" = $1')).toBe(0);
});

it('a statement without a list of columns goes on after a migration, with the new column', async () => {
  await sql`create table grows (id int)`.execute(db);
  await sql`insert into grows values (1)`.execute(db);
  const all = async () => (await sql`select * from grows where id = ${1}`.execute(db)).rows;
  const named = async () => (await sql`select id from grows where id = ${1}`.execute(db)).rows;
  await times(30, all);
  await times(30, named);
  await sql`alter table grows add column more text default 'x'`.execute(db);
  expect(await all()).toEqual([{ id: 1, more: 'x' }]);
  expect(await named()).toEqual([{ id: 1 }]);
  expect([await kept('select * from grows'), await kept('select id from grows')]).toEqual([0, 1]);
});

it('a plan is made anew after some uses, also where a transaction had failed in between', async () => {
  const ask = (handle: Database) => handle.selectFrom('runs').select('id').where('status', '=', 'anew').execute();
  const since = async (): Promise<string | undefined> =>
    (
      await sql<{
        at: string;
      }>`select prepare_time::text as at from pg_prepared_statements where statement like '%"status" = $1%' and statement like '%select "id"%'`.execute(
        db,
      )
    ).rows[0]?.at;
  await times(30, () => ask(db));
  const first = await since();
  expect(first).toBeDefined();
  const failing = db.transaction().execute(async (tx) => {
    await sql`select 1 / 0`.execute(tx).catch(() => undefined);
    await times(1, () => ask(tx));
  });
  await expect(failing).rejects.toThrow('current transaction is aborted');
  await times(250, () => ask(db));
  expect(await since()).not.toBe(first);
});

it('statements that are never the same fill no connection', () => {
  const nameOf = namesOfFrequent();
  const named = Array.from({ length: 500 }, (_, n) => {
    for (let asked = 0; asked < 30; asked += 1) nameOf(`select a${n}`);
    return nameOf(`select a${n}`);
  }).filter((name) => name !== undefined);
  expect(new Set(named).size).toBe(100);
});
