import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { TrimtabError } from '../errors.ts';

const folder = fileURLToPath(new URL('./migrations/', import.meta.url));
const migrations = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.sql')).toSorted();

/** One migration at a time in the whole database, whoever asks. Any fixed number will do. */
const lockKey = 7_219_046;

/**
 * Bring the schema `trimtab` to this version. Many processes may ask at once: one works, the others find it done. Each file
 * is one transaction that writes its own row first. Throws `setup` for a database that is newer than this code.
 */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: url, application_name: 'trimtab migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query('create schema if not exists trimtab');
    await client.query('set search_path = trimtab, public');
    await client.query('create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())');
    const known = new Set((await client.query<{ name: string }>('select name from migrations')).rows.map((row) => row.name));
    refuseNewer(known);
    const applied = migrations().filter((name) => !known.has(name));
    for (const name of applied) await apply(client, name);
    return { applied };
  } finally {
    await client.end();
  }
}

function refuseNewer(known: ReadonlySet<string>): void {
  const ours = new Set(migrations());
  const newer = [...known].filter((name) => !ours.has(name)).toSorted();
  if (newer.length > 0) throw new TrimtabError('setup', `the database is newer than this trimtab (it has ${newer.join(', ')}): run the version that made it, or a later one`);
}

async function apply(client: pg.Client, name: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query('insert into migrations (name) values ($1)', [name]);
    await client.query(readFileSync(`${folder}${name}`, 'utf8'));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
