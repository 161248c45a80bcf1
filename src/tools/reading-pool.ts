import pLimit from 'p-limit';
import pg from 'pg';

const connections = 4;

export interface ReadingPool {
  /**
   * A connection for `work`, which may leave a transaction open: it is rolled back. `keeps`: an error that leaves the connection whole.
   * Waits for its turn for as long as that takes.
   */
  lend<T>(work: (client: pg.PoolClient) => Promise<T>, keeps: (error: unknown) => boolean): Promise<T>;
  close(): Promise<void>;
}

/** A few connections of a role that only reads. `connect_ms`: how long connecting may take. */
export function createReadingPool(url: string, { name, connect_ms = 5_000 }: { name: string; connect_ms?: number }): ReadingPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: name,
    connectionTimeoutMillis: connect_ms,
    keepAlive: true,
  });
  pool.on('error', () => undefined);
  // The pool's time-out counts waiting for a connection that is free as connecting: twenty statements at once on a busy machine ended with it.
  const inTurn = pLimit(connections);
  async function lent<T>(work: (client: pg.PoolClient) => Promise<T>, keeps: (error: unknown) => boolean): Promise<T> {
    const client = await pool.connect();
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = !keeps(error);
      throw error;
    } finally {
      if (!broken)
        await client.query('rollback').catch(() => {
          broken = true;
        });
      client.release(broken);
    }
  }
  return { lend: (work, keeps) => inTurn(() => lent(work, keeps)), close: () => pool.end() };
}
