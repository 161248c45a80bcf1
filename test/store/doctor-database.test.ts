import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { lookAtDatabase } from '../../cli/doctor-database.ts';
import { testDatabase } from '../stack/database.ts';

const { db, url } = await testDatabase();

it('a database that folds letters beyond ASCII is well', async () => {
  expect(await lookAtDatabase(url)).toMatch(/^DATABASE_URL answers, version \d+/);
});
it.each([
  ['lc_ctype C', "encoding 'UTF8' locale 'C'", 'lc_ctype C,'],
  ['an encoding that cannot keep all texts', "encoding 'SQL_ASCII' locale 'C'", 'encoding SQL_ASCII'],
])('one with %s is named, with the line that makes a better one', async (_name, kind, words) => {
  const other = new URL(url);
  const name = `folds_nothing_${process.pid}_${kind.length}`;
  other.pathname = `/${name}`;
  await sql`create database ${sql.id(name)} template template0 ${sql.raw(kind)}`.execute(db);
  try {
    await expect(lookAtDatabase(other.href)).rejects.toThrow(new RegExp(`${words}[\\s\\S]*: make one with create database trimtab`));
  } finally {
    await sql`drop database ${sql.id(name)}`.execute(db);
  }
});
it('one that is away is said to be away', async () => {
  await expect(lookAtDatabase('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(/does not answer .*: mend it/);
});
