import type { Socket } from 'node:net';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { namesOfFrequent, prepareFrequent } from './prepared.ts';
import type { Tables } from './schema.ts';

/** The first argument of every store function: the pool, or the transaction it runs in. */
export type Handle = Kysely<Tables> | Transaction<Tables>;
export type Database = Kysely<Tables>;

/** bigint columns hold counts and milliseconds here, far below 2^53. */
const int8 = 20;
pg.types.setTypeParser(int8, Number);

/** How long a connection in use may say nothing: longer than Postgres lets a statement run, so silence means that nobody is there. */
const silenceMs = 30_000;

/**
 * What the code relies on, whatever the server's or the role's defaults are: its compare-and-swaps read what is committed, no
 * statement runs for ever, and a process that stands still gives its locks back.
 */
const settings = {
  search_path: 'trimtab,public',
  default_transaction_isolation: 'read committed',
  statement_timeout: '25s',
  idle_in_transaction_session_timeout: '60s',
};
const startup = Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
  .join(' ');

/** Open a pool on the schema `trimtab`. `max`: connections at most. */
export function openDatabase(url: string, options: { max?: number; name?: string; silenceMs?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'trimtab',
    options: startup,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A connection that dies is replaced by the pool, and what it was asked rejects. Without a listener it would end the process:
  // the pool's own hears the idle ones, one inside a transaction (between two statements) needs one of its own.
  pool.on('error', () => undefined);
  const nameOf = namesOfFrequent();
  pool.on('connect', (client) => {
    prepareFrequent(client, nameOf);
    client.on('error', () => undefined);
    endWhenSilent(client, options.silenceMs ?? silenceMs);
  });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** A peer that is gone without a word (a cut cable, a frozen host) would be waited for until TCP gives up, a quarter of an hour. */
function endWhenSilent(client: pg.PoolClient, ms: number): void {
  // pg has the socket and no type for it.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const silent = (): Error => Object.assign(new Error(`Postgres said nothing for ${ms / 1000} s`), { code: 'ETIMEDOUT' });
  stream.setTimeout(ms, () => stream.destroy(silent()));
}

/** JSON for a jsonb column. Postgres keeps neither NUL nor half a surrogate pair, and models write both: each becomes U+FFFD. */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.includes('\\u')
    ? text.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (all, escape: string) => (escape.length > 1 ? '\\ufffd' : all))
    : text;
}

/** Text for a text column, likewise. */
export const plain = (text: string): string => text.replaceAll('\0', '\ufffd');
