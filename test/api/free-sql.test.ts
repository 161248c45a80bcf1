import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FreeSql } from '../../src/define/source.ts';
import { createFreeSql } from '../../src/tools/free-sql.ts';
import { sqlViews } from '../../src/tools/sql-views.ts';
import { ensureReaderRole } from '../../src/tools/reader-role.ts';
import { testDatabase } from '../stack/database.ts';
import { attacks } from './sql-attacks.ts';

const { db, url } = await testDatabase();
const role = `free_${process.pid}_${Math.floor(performance.now())}`;
const secret = 'the-secret-salary-4711';
const asRole = (name: string): string => {
  const address = new URL(url);
  address.username = name;
  address.password = 'pw';
  return address.href;
};
let free: ReturnType<typeof createFreeSql>;
const allowed = { relations: ['reports.orders', 'reports.many', 'reports.wide'] };
const ask: FreeSql = (statement, more = allowed) => free.sql(statement, more);

beforeAll(async () => {
  await sql
    .raw(`
    create schema private; create schema reports;
    create table private.salaries (who text, amount int);
    insert into private.salaries select '${secret}', n from generate_series(1, 10) n;
    create table private.orders (id int primary key, country text, total numeric(10,2), placed_on date, paid boolean);
    insert into private.orders select n, case n % 3 when 0 then 'NL' when 1 then 'DE' else 'Rømø' end, n * 1.5, '2026-01-01'::date + n, n % 2 = 0 from generate_series(1, 300) n;
    create view reports.orders as select * from private.orders;
    create view reports.hidden as select * from private.salaries;
    create view reports.many as select n, 'x' || n as text from generate_series(1, 5000) n;
    create view reports.wide as select repeat('x', 400000) as text;
    create view reports.huge as select a.text, current_date as day from reports.many a, reports.many b, reports.many c;
    comment on column reports.orders.paid is 'Whether it is paid';
    create sequence reports.counter;
    create function reports.leak() returns text language sql security definer as 'select max(who) from private.salaries'`)
    .execute(db);
  await ensureReaderRole(db, { schema: 'reports', role, password: 'pw', relations: ['orders', 'many', 'wide', 'huge'] });
  free = createFreeSql(asRole(role));
});
afterAll(async () => {
  await free.close();
  await sql.raw(`drop owned by ${role}; drop role ${role}`).execute(db);
});

/** All that an attack could have changed. */
async function state(): Promise<unknown> {
  const found = await sql`
    select (select jsonb_agg(s order by amount) from private.salaries s) as salaries, (select count(*) from private.orders) as orders,
      (select string_agg(nspname || '.' || relname, ' ' order by nspname, relname) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname !~ '^pg_(toast|temp)') as relations,
      (select last_value from reports.counter) as counter, (select count(*) from pg_largeobject_metadata) as objects,
      (select array_agg(proname::text order by proname) from pg_proc where pronamespace = 'reports'::regnamespace) as functions,
      (select row(rolsuper, rolcreaterole, rolconfig)::text from pg_roles where rolname = ${role}) as role`.execute(db);
  return found.rows;
}

describe('free SQL', () => {
  it(`is changed and read out by none of ${attacks.length} attacks`, async () => {
    const before = await state();
    expect(new Set(attacks).size).toBeGreaterThanOrEqual(100);
    const answered: string[] = [];
    const odd: unknown[] = [];
    for (const attack of attacks) {
      const result = await ask(attack, allowed).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if ('value' in result) answered.push(`${attack} => ${JSON.stringify(result.value).slice(0, 200)}`);
      else if (!/SqlRefused|error/.test((result.error as Error).name)) odd.push([attack, result.error]);
      if (JSON.stringify(result).includes(secret)) odd.push([attack, 'told the secret']);
    }
    // A string with a backslash in it is no attack when both the parser and Postgres read it as a string.
    expect(answered.filter((one) => !one.startsWith("select 'a\\'"))).toEqual([]);
    expect(odd).toEqual([]);
    expect(await state()).toEqual(before);
    expect((await ask('select count(*) from orders', allowed)).rows).toEqual([[300]]);
  });

  it('lets statements wait for their turn longer than connecting may take', async () => {
    const connectMs = 1_500;
    const short = createFreeSql(asRole(role), { connect_ms: connectMs, lock_ms: 20_000, statement_ms: 25_000 });
    const count = () => short.sql('select count(*) from orders', allowed);
    try {
      await Promise.all(Array.from({ length: 4 }, count));
      const answers = await db.transaction().execute(async (tx) => {
        await sql`lock table private.orders in access exclusive mode`.execute(tx);
        const asked = Promise.allSettled(Array.from({ length: 9 }, count));
        await sleep(connectMs + 500);
        return { asked };
      });
      for (const answer of await answers.asked) expect(answer).toMatchObject({ status: 'fulfilled', value: { rows: [[300]] } });
    } finally {
      await short.close();
    }
  });

  it('is held by the role alone, where the statement is not read first: nothing changes, and only the catalog can be seen', async () => {
    const before = await state();
    const client = new pg.Client(asRole(role));
    await client.connect();
    await client.query("set statement_timeout = '300ms'");
    // What ends in another session or reaches for a shell is for the parser; the rest hits the role as it is.
    const others = attacks.filter(
      (attack) => !/terminate|cancel_backend|repeat\('x', 1000|lpad|role|authorization|leak|generate_series|hidden/.test(attack),
    );
    for (const attack of others) {
      await client.query('begin read only').catch(() => undefined);
      const result = await client.query(attack).catch((error: unknown) => error);
      expect(JSON.stringify(result) ?? '').not.toContain(secret);
      await client.query('rollback').catch(() => undefined);
    }
    await client.end();
    expect(await state()).toEqual(before);
  });

  it.each([
    [
      'select country, count(*) as n, sum(total) as total from orders group by country order by n desc, 1 limit 2',
      [
        ['DE', 100, '22425.00'],
        ['NL', 100, '22725.00'],
      ],
    ],
    [
      "select count(*) filter (where paid) as paid, round(avg(total), 2) from reports.orders where placed_on >= '2026-02-01' and placed_on < date '2026-03-01'",
      [[14, '66.75']],
    ],
    [
      'with big as (select * from orders where total > 300), few as (select country from big) select count(*), count(distinct country) from few',
      [[100, 3]],
    ],
    [
      "select to_char(date_trunc('month', placed_on), 'YYYY-MM') as month, max(total) from orders group by 1 order by 1 limit 1",
      [['2026-01', '45.00']],
    ],
    ['select id, rank() over (partition by country order by total desc) from orders order by total desc limit 1;', [[300, 1]]],
    [
      "select coalesce(null, 'x') || 'y', extract(year from date '2026-03-04')::int, case when 1 in (1, 2) then 'in' else 'out' end, null::text, true",
      [['xy', 2026, 'in', null, true]],
    ],
    ["select id from orders where country like 'R%' and (id between 1 and 5 or id = 8) order by id -- the islands", [[2], [5], [8]]],
    [
      'select country from orders o where total = (select max(total) from orders) and exists (select 1 from orders p where p.id = o.id)',
      [['NL']],
    ],
    ['(select 1 union select 2) except select 2', [[1]]],
    [
      "select 'it''s', 'a;b', $$--$$, placed_on - interval '1 day' from orders where id = 1",
      [["it's", 'a;b', '--', '2026-01-01 00:00:00']],
    ],
    ["/* what */ select 'Rømø' as a where 'ø' = lower('Ø')", [['Rømø']]],
  ])('answers what is asked well: %s', async (statement, rows) => {
    expect((await ask(statement, allowed)).rows).toEqual(rows);
  });

  it('says how the columns are called, what it guessed, and that there is more than 200 rows', async () => {
    const { columns, rows, more, estimate } = await ask('select id, country from orders', allowed);
    expect([columns, rows.length, more]).toEqual([['id', 'country'], 200, true]);
    expect(estimate.cost).toBeGreaterThan(0);
  });

  it.each([
    ['select contry from orders', /column "contry" does not exist/],
    ['select * from order_lines', /the relation order_lines is not allowed; there are: reports\.orders/],
    ['select pg_sleep(1)', /the function pg_sleep is not allowed/],
    ['delete from orders', /only SELECT is allowed/],
    ['select country from orders group by', /syntax error/],
    ['select country, total from orders group by country', /must appear in the GROUP BY/],
    ['select * from many a, many b, many c', /would cost \d+, 1000000 is allowed/],
    ['select text from wide', /larger than 262144 bytes/],
  ])('says what is wrong with a statement, so that its writer can mend it: %s', async (statement, why) => {
    await expect(ask(statement, allowed)).rejects.toThrow(why);
  });

  it('gives a statement its time and no more, and serves the next', async () => {
    const quick = createFreeSql(asRole(role), { statement_ms: 100, cost: 1e12 });
    await expect(quick.sql('select count(*) from many a, many b where a.text < b.text', allowed)).rejects.toThrow(/statement timeout/);
    expect((await quick.sql('select 1', allowed)).rows).toEqual([[1]]);
    await quick.close();
  });

  it('a lock that somebody holds is waited for a second, not for ever', async () => {
    const holder = new pg.Client(url);
    await holder.connect();
    await holder.query('begin; lock table private.orders in access exclusive mode');
    const quick = createFreeSql(asRole(role), { lock_ms: 50 });
    await expect(quick.sql('select count(*) from orders', allowed)).rejects.toThrow(/lock timeout/);
    await holder.query('rollback');
    await Promise.all([holder.end(), quick.close()]);
  });

  it('is refused where the role may do more than read', async () => {
    await sql.raw(`grant insert on private.orders to ${role}; grant usage on schema private to ${role}`).execute(db);
    const unsafe = createFreeSql(asRole(role));
    await expect(unsafe.sql('select 1', allowed)).rejects.toThrow(/not safe: it may write to private\.orders/);
    const owner = createFreeSql(url);
    await expect(owner.sql('select 1', allowed)).rejects.toThrow(/not safe: it has more powers/);
    await Promise.all([unsafe.close(), owner.close()]);
    await sql.raw(`revoke all on private.orders from ${role}; revoke all on schema private from ${role}`).execute(db);
  });

  it('describes what it may read: comments, few values, ranges of dates, and leaves alone what is too much to look through', async () => {
    const [orders, huge, ...others] = await free.describe([
      'reports.orders',
      'reports.huge',
      'reports.hidden',
      'private.salaries',
      'pg_catalog.pg_class',
    ]);
    expect(orders).toMatchObject({ name: 'reports.orders' });
    expect(orders?.columns.map(({ name, values, range, comment }) => [name, values, range, comment])).toEqual([
      ['id', null, null, null],
      ['country', ['DE', 'NL', 'Rømø'], null, null],
      ['total', null, null, null],
      ['placed_on', null, ['2026-01-02', '2026-10-28'], null],
      ['paid', null, null, 'Whether it is paid'],
    ]);
    expect(huge?.columns.map(({ values, range }) => [values, range])).toEqual([
      [null, null],
      [null, null],
    ]);
    // The catalog is everybody's to read; a definition that lists it is refused by sqlViews.
    expect(others.map(({ name }) => name)).toEqual(['pg_catalog.pg_class']);
    expect(() => sqlViews({ name: 'x', relations: ['pg_catalog.pg_class'] })).toThrow(/'pg_catalog.pg_class' is none/);
  });

  it('a function that the author lists is let through', async () => {
    await expect(ask("select format('%s!', 1)", allowed)).rejects.toThrow(/format is not allowed/);
    expect((await ask("select format('%s!', 1)", { ...allowed, functions: ['format'] })).rows).toEqual([['1!']]);
  });
});
