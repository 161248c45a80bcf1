import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Tables } from './schema.ts';

/** The first argument of every store function: the pool, or the transaction it runs in. */
export type Handle = Kysely<Tables> | Transaction<Tables>;
export type Database = Kysely<Tables>;

/** bigint columns hold counts and milliseconds here, far below 2^53. */
const int8 = 20;
pg.types.setTypeParser(int8, Number);

/** Open a pool on the schema `trimtab`. `max`: connections at most. */
export function openDatabase(url: string, options: { max?: number; name?: string } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'trimtab',
    options: '-c search_path=trimtab,public',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A connection that dies is replaced by the pool, and what it was asked rejects. Without a listener it would end the process:
  // the pool's own hears the idle ones, one inside a transaction (between two statements) needs one of its own.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
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
