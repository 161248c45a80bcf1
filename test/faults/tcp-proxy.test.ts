import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';
import { startPostgresProxy, type PostgresProxy } from './harness/postgres-proxy.ts';

let database: TestDatabase;
let proxy: PostgresProxy;
let direct: pg.Client;

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: proxy.through(database.url), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};
const rows = async (): Promise<number[]> => (await direct.query('select n from notes order by n')).rows.map((row) => row.n);
/** In a transaction, with a parameter, so that both of the protocol's query forms are used. */
async function note(client: pg.Client, n: number): Promise<void> {
  await client.query('begin');
  await client.query('insert into notes values ($1)', [n]);
  await client.query('commit');
}

beforeEach(async () => {
  database = await testDatabase({ max: 2 });
  proxy = await startPostgresProxy(database.url);
  direct = new pg.Client(database.url);
  await direct.connect();
  await direct.query('create table notes (n int primary key)');
});
afterEach(async () => {
  await direct.end();
  await proxy.stop();
  await database[Symbol.asyncDispose]();
});

describe('the proxy before Postgres', () => {
  it('passes everything on, also a large value', async () => {
    const client = await connect();
    const large = 'ä'.repeat(3_000_000);
    expect((await client.query('select $1::text as back', [large])).rows[0].back).toBe(large);
    await note(client, 1);
    expect(await rows()).toEqual([1]);
    await client.end();
    await until(async () => proxy.connections() === 0);
  });

  it('loses the answer to a COMMIT that was done, and only that', async () => {
    const client = await connect();
    const seen: string[] = [];
    proxy.onQuery(({ sql, commits }) => {
      seen.push(`${sql.split(' ')[0]} ${commits}`);
      return commits ? 'lose_reply' : null;
    });
    await expect(note(client, 1)).rejects.toThrow(/ECONNRESET|terminated/);
    expect(seen).toEqual(['begin false', 'insert false', 'commit true']);
    expect(await rows()).toEqual([1]);
    expect(proxy.faults()).toBe(1);
    const alone = await connect();
    await expect(alone.query('insert into notes values ($1)', [2])).rejects.toThrow(/ECONNRESET|terminated/);
    expect(await rows()).toEqual([1, 2]);
  });

  it('cuts before a COMMIT: nothing is committed', async () => {
    const client = await connect();
    proxy.onQuery(({ commits }) => (commits ? 'cut_before' : null));
    await expect(note(client, 1)).rejects.toThrow(/ECONNRESET|terminated/);
    expect(await rows()).toEqual([]);
  });

  it('delays a COMMIT and keeps the order', async () => {
    const client = await connect();
    proxy.onQuery(({ commits }) => (commits ? { delay_ms: 200 } : null));
    const from = Date.now();
    const both = Promise.all([note(client, 1), client.query('select count(*)::int as n from notes')]);
    expect((await both)[1].rows[0].n).toBeTypeOf('number');
    expect(Date.now() - from).toBeGreaterThanOrEqual(195);
    expect(await rows()).toEqual([1]);
  });

  it('stands half open: nothing comes, nothing ends, until it is healed', async () => {
    const client = await connect();
    proxy.set('half_open');
    let ended = false;
    const asked = client.query('select 1').catch((error: Error) => {
      ended = true;
      return error;
    });
    await expect(connect()).rejects.toThrow(/timeout/);
    expect(ended).toBe(false);
    proxy.set('open');
    expect(await asked).toBeInstanceOf(Error);
    await note(await connect(), 1);
    expect(await rows()).toEqual([1]);
  });

  it('resets, and cuts a connection after so many bytes', async () => {
    const client = await connect();
    proxy.set('reset');
    await expect(client.query('select 1')).rejects.toThrow();
    await expect(connect()).rejects.toThrow();
    proxy.set('open');
    proxy.cutAfterBytes(5_000);
    const short = await connect();
    await expect(short.query("select repeat('x', 10000)")).rejects.toThrow(/ECONNRESET|terminated/);
    proxy.cutAfterBytes(null);
    expect((await (await connect()).query("select length(repeat('x', 10000)) as n")).rows[0].n).toBe(10_000);
  });
});
