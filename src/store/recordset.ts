import { sql, type RawBuilder } from 'kysely';
import { json } from './database.ts';

/** A type of Postgres, as the code writes it. */
type ColumnType = 'text' | 'uuid' | 'int' | 'bigint' | 'boolean' | 'double precision' | 'jsonb';

/**
 * Rows that travel in one JSON value, to be read from in a statement: any number of them in the same text, so that it can be kept prepared.
 * A JSON null becomes a null. Postgres guesses 100 rows of such a value, and would read whole tables for a handful: the limit tells it.
 */
export function rowsOf(rows: readonly object[], columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  const typed = sql.join(Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`));
  const only = rows.map((row) => Object.fromEntries(Object.keys(columns).map((name) => [name, (row as Record<string, unknown>)[name]])));
  return sql`(select ${names} from jsonb_to_recordset(${json(only)}::jsonb) as r(${typed}) limit ${sql.lit(roundUp(rows.length))})`;
}

/** Few sizes, so that few texts are kept prepared. */
function roundUp(count: number): number {
  let size = 4;
  while (size < count) size *= 4;
  return size;
}
