import pg from 'pg';
import { SqlRefused, SourceUnavailable, type DescribeSql, type FreeSql, type SqlResult } from '../define/source.ts';
import { describeRelations } from './describe-relations.ts';
import { createReadingPool } from './reading-pool.ts';
import { checkStatement } from './sql-statement.ts';

/** Limits of one statement. `cost` is Postgres' own unit: a million is some seconds of work. */
export interface FreeSqlLimits {
  rows: number;
  bytes: number;
  statement_ms: number;
  lock_ms: number;
  /** Until a connection stands; waiting for one's turn is not counted. */ connect_ms: number;
  cost: number;
}
const usual: FreeSqlLimits = { rows: 200, bytes: 256 * 1024, statement_ms: 5_000, lock_ms: 1_000, connect_ms: 5_000, cost: 1_000_000 };

const oid = { bool: 16, int8: 20, int2: 21, int4: 23, float4: 700, float8: 701 };
const whole = new Set([oid.int2, oid.int4, oid.int8]);
/** Numbers where they lose nothing; a `numeric` stays the text that Postgres wrote. */
function parserOf(type: number): (text: string) => string | number | boolean {
  if (type === oid.bool) return (text) => text === 't';
  if (whole.has(type)) return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
  if (type === oid.float4 || type === oid.float8) return Number;
  return (text) => text;
}
const typesOf = { getTypeParser: parserOf } as pg.CustomTypesConfig;

/** One statement by the extended protocol: nothing can be stacked behind it. */
const ask = (client: pg.PoolClient, text: string): Promise<pg.QueryArrayResult<unknown[]>> =>
  client.query<unknown[]>({ text, rowMode: 'array', queryMode: 'extended', types: typesOf, values: [] } as pg.QueryArrayConfig);

async function begin(client: pg.PoolClient, schemas: readonly string[], limits: FreeSqlLimits): Promise<void> {
  await client.query('begin transaction read only');
  const settings: Record<string, string> = {
    // The parser read strings this way, so Postgres must too.
    standard_conforming_strings: 'on',
    search_path: ['pg_catalog', ...schemas].map((name) => pg.escapeIdentifier(name)).join(', '),
    statement_timeout: String(limits.statement_ms),
    lock_timeout: String(limits.lock_ms),
    idle_in_transaction_session_timeout: '15000',
    max_parallel_workers_per_gather: '0',
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    timezone: 'UTC',
    jit: 'off',
  };
  const names = Object.keys(settings);
  const calls = names.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`).join(', ');
  await client.query(
    `select ${calls}`,
    names.flatMap((name) => [name, settings[name]]),
  );
}

async function estimateOf(client: pg.PoolClient, statement: string, limits: FreeSqlLimits): Promise<SqlResult['estimate']> {
  const asked = 'explain (format json) ';
  const { rows } = await ask(client, `${asked}${statement}`).catch((error: unknown) => {
    // Where Postgres points is counted from the start of what was sent.
    if (error instanceof pg.DatabaseError && error.position) error.position = String(Number(error.position) - asked.length);
    throw error;
  });
  const [{ Plan: plan }] = JSON.parse(String(rows[0]?.[0])) as [{ Plan: Record<string, number> }];
  const estimate = { cost: plan['Total Cost'] ?? Infinity, rows: plan['Plan Rows'] ?? Infinity };
  if (estimate.cost > limits.cost)
    throw new SqlRefused(
      `the statement would cost ${Math.round(estimate.cost)}, ${limits.cost} is allowed; filter earlier, or join on a key`,
    );
  return estimate;
}

/** The size before anything is sent: a row may hold what a process cannot. */
async function measure(client: pg.PoolClient, statement: string, limits: FreeSqlLimits): Promise<void> {
  const { rows } = await ask(
    client,
    `select coalesce(sum(octet_length(whole::text)), 0)::int8 from (select * from (${statement}\n) as part limit ${limits.rows + 1}) as whole`,
  );
  if (Number(rows[0]?.[0]) > limits.bytes)
    throw new SqlRefused(`the result is larger than ${limits.bytes} bytes; ask for fewer columns or rows`);
}

async function run(client: pg.PoolClient, statement: string, limits: FreeSqlLimits): Promise<SqlResult> {
  const estimate = await estimateOf(client, statement, limits);
  await measure(client, statement, limits);
  await ask(client, `declare found no scroll cursor for ${statement}`);
  const { rows, fields } = await ask(client, `fetch ${limits.rows + 1} from found`);
  return {
    columns: fields.map((field) => field.name),
    rows: rows.slice(0, limits.rows) as SqlResult['rows'],
    more: rows.length > limits.rows,
    estimate,
  };
}

/** What the role may do beyond reading: then it is no wall. */
async function troubleOf(client: pg.PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ powers: boolean; writes: string | null; member: string | null }>(`
    select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as powers,
      (select string_agg(c.oid::regclass::text, ', ') from pg_class c
        where c.relkind in ('r','v','m','f','p') and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          and has_schema_privilege(c.relnamespace, 'usage') and has_table_privilege(c.oid, 'insert,update,delete,truncate')) as writes,
      (select string_agg(m.roleid::regrole::text, ', ') from pg_auth_members m where m.member = r.oid) as member
    from pg_roles r where rolname = current_user`);
  const [role] = rows;
  if (role === undefined || role.powers) return 'it has more powers than to log in';
  if (role.member !== null) return `it is a member of ${role.member}`;
  return role.writes === null ? null : `it may write to ${role.writes}`;
}

/** An error that leaves the connection as it was. */
const isAnswer = (error: unknown): boolean => error instanceof pg.DatabaseError || error instanceof SqlRefused;

/** Hands out connections of a role that was looked at, inside a read-only transaction that is always rolled back. */
function lender(url: string, limits: FreeSqlLimits): { lend: Lend; close(): Promise<void> } {
  const pool = createReadingPool(url, { name: 'trimtab sql', connect_ms: limits.connect_ms });
  let safe = false;
  const lend: Lend = (relations, work) =>
    pool.lend(async (client) => {
      const trouble = safe ? null : await troubleOf(client);
      if (trouble !== null) throw new SourceUnavailable(`the role of TRIMTAB_SQL_URL is not safe: ${trouble}`);
      safe = true;
      await begin(client, [...new Set(relations.map((name) => name.split('.')[0] as string))], limits);
      return work(client);
    }, isAnswer);
  return { lend, close: pool.close };
}
type Lend = <T>(relations: readonly string[], work: (client: pg.PoolClient) => Promise<T>) => Promise<T>;

/**
 * Free SQL behind four walls: the role of `url` can read what it was granted and no more (checked at the first use); the
 * statement is read by Postgres' own parser and must be one SELECT of listed relations and functions; it runs in a read-only
 * transaction by the extended protocol; work, time, rows and bytes are capped.
 */
export function createFreeSql(
  url: string,
  limits: Partial<FreeSqlLimits> = {},
): { sql: FreeSql; describe: DescribeSql; close(): Promise<void> } {
  const all = { ...usual, ...limits };
  const { lend, close } = lender(url, all);
  return {
    async sql(statement, allowed) {
      const checked = await checkStatement(statement, allowed);
      return lend(allowed.relations, (client) => run(client, checked, all));
    },
    describe: (relations) => lend(relations, (client) => describeRelations(client, relations)),
    close,
  };
}
