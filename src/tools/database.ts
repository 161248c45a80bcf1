import { messageOf } from '../errors.ts';
import { SourceUnavailable, type Source } from '../define/source.ts';
import { passageId } from './passage-id.ts';

/** A row as evidence. `id`: what the row is called in the database (an order number). `at`: when it last changed. */
export interface RowPassage {
  id: string | number;
  title: string;
  text: string;
  at?: string | Date;
}

export interface DatabaseOptions<I> {
  name: string;
  /** One statement that only reads, with `$1`, `$2`… for values. */
  sql: string;
  /** The values, from the input alone (a ticket's `customer_id`, never what its text claims). One that is undefined: nothing is asked. */
  parameters: (input: I) => unknown[];
  passage: (row: Record<string, unknown>) => RowPassage;
}

/** A named query on the private database, run by a role that can only read. Its passages are data, not instructions. */
export function database<I>(options: DatabaseOptions<I>): Source<I> {
  return {
    name: options.name,
    place: 'local',
    async search(input, { keep, services }) {
      const values = options.parameters(input);
      if (values.some((value) => value === undefined)) return [];
      const rows = await ask(options, () => services.database(options.sql, values));
      return rows.slice(0, keep).map((row) => {
        const { id, title, text, at } = options.passage(row);
        const time = at === undefined ? new Date() : new Date(at);
        return {
          id: passageId(options.name, String(id), text),
          source: options.name,
          title,
          text,
          at: time.toISOString(),
          trust: 'untrusted' as const,
        };
      });
    },
  };
}

async function ask<T>(options: { name: string }, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    throw new SourceUnavailable(`${options.name}: the private database did not answer: ${messageOf(error)}`, { cause: error });
  }
}
