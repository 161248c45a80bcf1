import pg from 'pg';
import type { ReadOnlyQuery } from '../define/source.ts';
import { createReadingPool } from './reading-pool.ts';

/** A query that reads at most so many rows; the rest is left. */
const mostRows = 200;
/** They come in handfuls, so that wide rows are noticed before all of them are here. */
const handful = 50;
const mostBytes = 1024 * 1024;
const timeoutMs = 5_000;
const lockMs = 1_000;

class TooWide extends Error {
  override readonly name = 'TooWide';
}

async function fetched(client: pg.PoolClient): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let bytes = 0;
  while (rows.length < mostRows) {
    const found = await client.query<Record<string, unknown>>(`fetch ${handful} from found`);
    rows.push(...found.rows);
    bytes += Buffer.byteLength(JSON.stringify(found.rows));
    if (bytes > mostBytes) throw new TooWide(`its rows have more than ${mostBytes} bytes; select fewer columns or rows`);
    if (found.rows.length < handful) break;
  }
  return rows;
}

/** What `createReadOnlyDatabase` gives: the query, and the end of its connections. */
export type ReadOnlyDatabase = ReadOnlyQuery & { close(): Promise<void> };

/**
 * A connection pool to a database that is only read: the statement becomes a cursor in a read-only transaction, so it must
 * be one SELECT (or VALUES), takes 5 s at most, waits 1 s for a lock, and gives 200 rows at most, which have 1 MiB at most. `url` should log in as a role that can only
 * read (`ensureReaderRole`): the role is the wall, the transaction a second one. Throws what Postgres says.
 */
export function createReadOnlyDatabase(url: string): ReadOnlyDatabase {
  const pool = createReadingPool(url, { name: 'trimtab reader', connect_ms: timeoutMs });
  const query: ReadOnlyQuery = (sql, parameters) =>
    pool.lend(
      async (client) => {
        await client.query('begin transaction read only');
        await client.query("select set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)", [
          String(timeoutMs),
          String(lockMs),
        ]);
        // DECLARE takes one query that reads, and the extended protocol takes one statement: nothing can be stacked behind it.
        await client.query({
          text: `declare found no scroll cursor for ${sql}`,
          values: parameters,
          queryMode: 'extended',
        } as pg.QueryConfig);
        return fetched(client);
      },
      (error) => error instanceof pg.DatabaseError || error instanceof TooWide,
    );
  return Object.assign(query, { close: pool.close });
}
