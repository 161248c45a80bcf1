import { sql, type Kysely, type QueryExecutorProvider } from 'kysely';
import { TrimtabError } from '../errors.ts';

export interface ReaderRole {
  schema: string;
  role: string;
  password: string;
  /** Only these tables and views of the schema; absent: all of them, also later ones. */
  relations?: string[];
}

const name = /^[a-z_][a-z0-9_]{0,62}$/;

// Roles and grants take no parameters: Postgres itself quotes the names and the password, and gives the statement back.
async function run(db: QueryExecutorProvider, format: string, values: string[]): Promise<void> {
  const places = sql.join([sql.lit(format), ...values.map((value) => sql`${value}::text`)]);
  const made = await sql<{ statement: string }>`select format(${places}) as statement`.execute(db);
  await sql.raw(made.rows[0]?.statement ?? '').execute(db);
}

async function takeBack(db: QueryExecutorProvider, role: string): Promise<void> {
  const schemas = await sql<{ name: string }>`
    select nspname as name from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema'`.execute(db);
  for (const { name: schema } of schemas.rows) {
    await run(db, 'revoke all on schema %I from %I', [schema, role]);
    await run(db, 'revoke all on all tables in schema %I from %I', [schema, role]);
    await run(db, 'revoke all on all sequences in schema %I from %I', [schema, role]);
  }
}

/**
 * Make or mend the role that may only read the tables and views of one schema, and set its password. What it had in other
 * schemas is taken back; what Postgres gives to everybody (the system catalogs, functions of `public`) it keeps. `db` must
 * log in as an owner that may create roles. Throws `invalid_input` for names that are no plain identifiers.
 */
export async function ensureReaderRole<T>(db: Kysely<T>, reader: ReaderRole): Promise<void> {
  const { schema, role, password, relations } = reader;
  const odd = [schema, role, ...(relations ?? [])].find((one) => !name.test(one));
  if (odd !== undefined)
    throw new TrimtabError('invalid_input', `'${odd}' is no name for a schema, role or table; use small letters, digits and _`);
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('trimtab_reader_role'))`.execute(tx);
    const known = await sql`select from pg_roles where rolname = ${role}`.execute(tx);
    if (known.rows.length === 0) await run(tx, 'create role %I', [role]);
    await run(tx, 'alter role %I login nosuperuser nocreatedb nocreaterole noinherit connection limit 10 password %L', [role, password]);
    await run(tx, 'alter role %I set default_transaction_read_only = on', [role]);
    await takeBack(tx, role);
    await run(tx, 'grant usage on schema %I to %I', [schema, role]);
    for (const relation of relations ?? []) await run(tx, 'grant select on %I.%I to %I', [schema, relation, role]);
    if (relations) return;
    await run(tx, 'grant select on all tables in schema %I to %I', [schema, role]);
    await run(tx, 'alter default privileges in schema %I grant select on tables to %I', [schema, role]);
  });
}
