import { createHash } from 'node:crypto';
import type pg from 'pg';

/** A statement that was asked this often is asked more often: from then on each connection parses and plans it once. */
const often = 20;
/** A plan that is kept takes up to 100 KB in each connection of Postgres. */
const mostPrepared = 100;
const mostCounted = 1_000;
const freshFor = 200;
const allColumns = /(select|returning|,)\s+\*|\.\*/i;

/**
 * Half of what the ledger's statements cost Postgres is reading and planning them. One that lists no columns is not prepared:
 * after a migration its kept plan would be refused.
 */
export function namesOfFrequent(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostPrepared || allColumns.test(text)) return known;
    const count = (counts.get(text) ?? 0) + 1;
    if (count < often) {
      if (counts.size >= mostCounted) counts.clear();
      counts.set(text, count);
      return undefined;
    }
    counts.delete(text);
    const name = `t_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
}

/**
 * Statements with values that come through this connection are named as `nameOf` says. After `freshFor` uses a plan is made anew:
 * one that was made when a table had fifty rows reads all of it, and Postgres itself may take a minute to notice that it has grown.
 */
export function prepareFrequent(client: pg.PoolClient, nameOf: (text: string) => string | undefined): void {
  const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
  const uses = new Map<string, number>();
  // pg has the names that it has prepared, and no way to forget one.
  const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } };
  const anew = async (name: string): Promise<void> => {
    const text = connection.parsedStatements[name];
    // Forgotten first: what waits behind it prepares it again.
    delete connection.parsedStatements[name];
    await query(`deallocate ${name}`).catch(() => {
      // A transaction that has failed does nothing any more; the name is still there.
      if (text !== undefined) connection.parsedStatements[name] = text;
    });
  };
  const named = (asked: unknown, values?: unknown, ...rest: unknown[]): unknown => {
    const name = typeof asked === 'string' && Array.isArray(values) && rest.length === 0 ? nameOf(asked) : undefined;
    if (name === undefined) return query(asked, values, ...rest);
    const used = uses.get(name) ?? 0;
    uses.set(name, used < freshFor ? used + 1 : 1);
    const ask = () => query({ name, text: asked, values });
    return used < freshFor || !(name in connection.parsedStatements) ? ask() : anew(name).then(ask);
  };
  client.query = named as typeof client.query;
}
