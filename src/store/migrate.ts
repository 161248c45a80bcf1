import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { messageOf, TrimtabError } from '../errors.ts';

// Next to this file in the sources and, copied by the build, in dist.
const folder = fileURLToPath(new URL('./migrations/', import.meta.url));
/** Any fixed number: the advisory lock that lets one process at a time migrate a database. */
const lockKey = 7_268_464_912;

/**
 * Bring the database at `url` to this build's schema. Safe from many processes at once: each migration runs in one
 * transaction that first takes the lock and inserts its own row, so exactly one process applies it.
 * Returns the names that this call applied. Throws `setup` when the database is newer than this build, cannot be
 * reached, or a migration fails; a failed migration leaves nothing behind.
 */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const client = new pg.Client({ connectionString: url, application_name: 'trimtab-migrate', connectionTimeoutMillis: 10_000 });
  // A connection lost between queries is reported by the next query; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new TrimtabError('setup', `Postgres cannot be reached: ${messageOf(error)}. Check DATABASE_URL.`, { cause: error });
  }
  try {
    const pending = await pendingOf(client, names);
    const applied: string[] = [];
    for (const name of pending) if (await apply(client, name)) applied.push(name);
    return { applied };
  } finally {
    await client.end();
  }
}

async function pendingOf(client: pg.Client, names: string[]): Promise<string[]> {
  const there = await client.query<{ found: boolean }>("select to_regclass('trimtab.migrations') is not null as found");
  if (there.rows[0]?.found !== true) await createLedger(client);
  const { rows } = await client.query<{ name: string }>('select name from trimtab.migrations order by name');
  const done = new Set(rows.map((row) => row.name));
  const unknown = [...done].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new TrimtabError(
      'setup',
      `The database is newer than this build of trimtab: it has ${unknown.join(', ')}, this build ends at ${names.at(-1)}. Install the newer build, or point DATABASE_URL at another database.`,
    );
  }
  return names.filter((name) => !done.has(name));
}

async function createLedger(client: pg.Client): Promise<void> {
  await inTransaction(client, 'schema trimtab', async () => {
    await client.query('create schema if not exists trimtab');
    await client.query(
      'create table if not exists trimtab.migrations (name text primary key, applied_at timestamptz not null default now())',
    );
  });
}

/** False: another process has applied it in the meantime. */
async function apply(client: pg.Client, name: string): Promise<boolean> {
  const sql = await readFile(`${folder}${name}`, 'utf8');
  return inTransaction(client, `migration ${name}`, async () => {
    const row = await client.query('insert into trimtab.migrations (name) values ($1) on conflict do nothing', [name]);
    if (row.rowCount === 0) return false;
    await client.query('set local search_path = trimtab, public');
    await client.query(sql);
    return true;
  });
}

async function inTransaction<T>(client: pg.Client, what: string, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('begin');
    // Held to the end of the transaction: a process that dies gives it back, and it works behind a connection pooler.
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new TrimtabError('setup', `${what} failed: ${messageOf(error)}`, { cause: error });
  }
}
