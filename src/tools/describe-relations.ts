import pg from 'pg';
import type { SqlColumn, SqlRelation } from '../define/source.ts';

/** A text column with at most so many values is shown with them, each at most so long. */
const few = { values: 20, chars: 40 };

interface Found {
  relation: string;
  about: string | null;
  name: string;
  type: string;
  comment: string | null;
}

const columnsOf = `
  select n.nspname || '.' || c.relname as relation, obj_description(c.oid, 'pg_class') as about, a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type, col_description(c.oid, a.attnum) as comment
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname || '.' || c.relname = any($1) and a.attnum > 0 and not a.attisdropped
    and has_schema_privilege(n.oid, 'usage') and has_column_privilege(c.oid, a.attnum, 'select')
  order by array_position($1, n.nspname || '.' || c.relname), a.attnum`;

/** Looking must not cost more than asking: Postgres' estimate for reading the values of one column. */
const mostCost = 50_000;

async function isCheap(client: pg.PoolClient, statement: string): Promise<boolean> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(`explain (format json) ${statement}`);
  return (rows[0]?.['QUERY PLAN'][0].Plan['Total Cost'] ?? Infinity) <= mostCost;
}

const quoted = (name: string): string => name.split('.').map(pg.escapeIdentifier).join('.');

const unknown = { values: null, range: null };

async function knownValues(client: pg.PoolClient, { relation, name, type }: Found): Promise<Pick<SqlColumn, 'values' | 'range'>> {
  const column = pg.escapeIdentifier(name);
  if (/^(?:date|timestamp)/.test(type)) {
    const ends = `select min(${column})::date::text as from, max(${column})::date::text as to from ${quoted(relation)}`;
    if (!(await isCheap(client, ends))) return unknown;
    const { rows } = await client.query<{ from: string | null; to: string | null }>(ends);
    const { from, to } = rows[0] ?? {};
    return { values: null, range: from && to ? [from, to] : null };
  }
  if (!/^(?:text|character)/.test(type)) return unknown;
  const some = `select distinct left(${column}::text, ${few.chars + 1}) as value from ${quoted(relation)} where ${column} is not null order by 1 limit ${few.values + 1}`;
  if (!(await isCheap(client, some))) return unknown;
  const { rows } = await client.query<{ value: string }>(some);
  const values = rows.map((row) => row.value);
  const all = values.length <= few.values && values.every((value) => value.length <= few.chars);
  return { values: all && values.length > 0 ? values : null, range: null };
}

/** What relations hold, by name. Values come from the data itself: what a filter may be compared with. */
export async function describeRelations(client: pg.PoolClient, relations: readonly string[]): Promise<SqlRelation[]> {
  const { rows } = await client.query<Found>(columnsOf, [relations]);
  const found = new Map<string, SqlRelation>();
  for (const row of rows) {
    const relation = found.get(row.relation) ?? { name: row.relation, comment: row.about, columns: [] };
    found.set(row.relation, relation);
    const { name, type, comment } = row;
    relation.columns.push({ name, type, comment, ...(await knownValues(client, row)) });
  }
  return [...found.values()];
}
