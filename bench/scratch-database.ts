import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../runtime/local/postgres.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';

export interface Scratch {
  db: Database;
  url: string;
  close(): Promise<void>;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Where a database can be made: the server of DATABASE_URL, or a Postgres of our own in a folder that goes away. */
async function server(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, stop: async () => undefined };
  const home = await mkdtemp(join(tmpdir(), 'trimtab-bench-'));
  const postgres = await startPostgres({ home, log: () => undefined });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A fresh migrated database beside the ones that are there, dropped by `close`. */
export async function scratchDatabase(): Promise<Scratch> {
  const { url: base, stop } = await server();
  const name = `trimtab_bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(base);
  url.pathname = `/${name}`;
  await onServer(base, `create database ${name}`);
  await migrate(url.href);
  const db = openDatabase(url.href, { name: 'trimtab bench' });
  return {
    db,
    url: url.href,
    async close() {
      await db.destroy();
      await onServer(base, `drop database if exists ${name} with (force)`);
      await stop();
    },
  };
}
