import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, expect, inject, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';

const server = inject('postgresUrl');
const made: string[] = [];

async function query(url: string, text: string): Promise<any[]> {
  const client = new pg.Client(url);
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await query(server, `create database ${name} template template0`);
  made.push(name);
  return server.replace(/\/trimtab$/, `/${name}`);
}

const files = async (): Promise<string[]> =>
  (await readdir(new URL('../../src/store/migrations/', import.meta.url))).filter((name) => name.endsWith('.sql')).toSorted();
const ledger = (url: string) =>
  query(url, 'select name from trimtab.migrations order by name').then((rows) => rows.map(({ name }) => name));

afterAll(async () => {
  for (const name of made) await query(server, `drop database ${name} with (force)`);
});

it('applies every migration once, in order, and nothing the second time', async () => {
  const url = await emptyDatabase();
  expect((await migrate(url)).applied).toEqual(await files());
  expect((await migrate(url)).applied).toEqual([]);
  expect(await ledger(url)).toEqual(await files());
});

it('lets exactly one of 20 that start at once apply each migration, and the others wait until the schema stands', async () => {
  const url = await emptyDatabase();
  const results = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { applied } = await migrate(url);
      await query(url, 'select count(*) from trimtab.attempt_records');
      return applied;
    }),
  );
  expect(results.flat().toSorted()).toEqual(await files());
});

it('stops in front of a database that a newer build has migrated, and names what is new in it', async () => {
  const url = await emptyDatabase();
  await migrate(url);
  await query(url, "insert into trimtab.migrations (name) values ('9999_future.sql')");
  await expect(migrate(url)).rejects.toMatchObject({ code: 'setup', message: expect.stringContaining('it has 9999_future.sql') });
});

it('leaves nothing of a migration that failed, and goes on from there when the cause is gone', async () => {
  const url = await emptyDatabase();
  await query(url, 'create schema trimtab; create table trimtab.verdicts ()');
  await expect(migrate(url)).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/0001_records\.sql failed: relation "verdicts" already exists/),
  });
  expect(await query(url, "select to_regclass('trimtab.runs') as runs")).toEqual([{ runs: null }]);
  expect(await ledger(url)).toEqual([]);
  await query(url, 'drop table trimtab.verdicts');
  expect((await migrate(url)).applied).toEqual(await files());
});

it('says which setting to look at when the database does not answer', async () => {
  await expect(migrate('postgres://nobody@127.0.0.1:9/none')).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining('DATABASE_URL'),
  });
});
