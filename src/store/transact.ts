import type { Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';
import { isAway, isClash } from './trouble.ts';

/** With 32 writers on one row, no transaction of ours was seen to need more than three. */
const mostClashes = 10;
/** A connection that dies is replaced by the next try; a database that is down is said so at once. */
const mostLosses = 2;
const pauseMs = (tries: number): number => Math.random() * Math.min(1_000, 20 * 2 ** tries);

/**
 * Do it again when Postgres rolled it back for the sake of others; nobody hears of that. `repeatable`: the work finds what
 * it has done itself (its ids are made outside), so it is also done again when the answer to its commit was lost.
 */
export async function again<T>(work: () => Promise<T>, { repeatable = false }: { repeatable?: boolean } = {}): Promise<T> {
  let losses = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const lost = repeatable && isAway(error) && ++losses <= mostLosses;
      if (!lost && !(isClash(error) && tries <= mostClashes)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs(tries)));
    }
  }
}

/** A transaction that is done again as `again` says. `work` may run more than once, so it touches nothing but its handle. */
export const transact = <T>(
  db: Database,
  work: (tx: Transaction<Tables>) => Promise<T>,
  options: { repeatable?: boolean } = {},
): Promise<T> => again(() => db.transaction().execute(work), options);
