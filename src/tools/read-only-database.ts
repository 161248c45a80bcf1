import pg from 'pg';
import type { ReadOnlyQuery } from '../define/source.ts';

/** A query that reads at most so many rows; the rest is left. */
const mostRows = 200;
const timeoutMs = 5_000;

/** What `createReadOnlyDatabase` gives: the query, and the end of its connections. */
export type ReadOnlyDatabase = ReadOnlyQuery & { close(): Promise<void> };

/**
 * A connection pool to a database that is only read: the statement becomes a cursor in a read-only transaction, so it must
 * be one SELECT (or VALUES), takes 5 s at most and gives 200 rows at most. `url` should log in as a role that can only
 * read (`ensureReaderRole`): the role is the wall, the transaction a second one. Throws what Postgres says.
 */
export function createReadOnlyDatabase(url: string): ReadOnlyDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'trimtab reader',
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
  });
  pool.on('error', () => undefined);
  const query: ReadOnlyQuery = async (sql, parameters) => {
    const client = await pool.connect();
    let broken = true;
    try {
      await client.query('begin transaction read only');
      await client.query("select set_config('statement_timeout', $1, true)", [String(timeoutMs)]);
      // DECLARE takes one query that reads, and the extended protocol takes one statement: nothing can be stacked behind it.
      await client.query({
        text: `declare found no scroll cursor for ${sql}`,
        values: parameters,
        queryMode: 'extended',
      } as pg.QueryConfig);
      const found = await client.query<Record<string, unknown>>(`fetch ${mostRows} from found`);
      broken = false;
      return found.rows;
    } catch (error) {
      broken = !(error instanceof pg.DatabaseError);
      throw error;
    } finally {
      if (!broken)
        await client.query('rollback').catch(() => {
          broken = true;
        });
      client.release(broken);
    }
  };
  return Object.assign(query, { close: () => pool.end() });
}
