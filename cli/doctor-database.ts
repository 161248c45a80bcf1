import pg from 'pg';
import { messageOf } from '../src/errors.ts';

/** What DATABASE_URL is, in one sentence. Throws with the next step when it does not answer or could not keep or find our texts. */
export async function lookAtDatabase(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  let facts: { version: string; encoding: string; ctype: string; folds: boolean } | undefined;
  try {
    await client.connect();
    const { rows } = await client.query<NonNullable<typeof facts>>(
      `select current_setting('server_version') as version, pg_encoding_to_char(encoding) as encoding, datctype as ctype,
        case when pg_encoding_to_char(encoding) = 'UTF8' then lower(chr(201)) = chr(233) else false end as folds
       from pg_database where datname = current_database()`,
    );
    facts = rows[0];
  } catch (error) {
    throw new Error(`DATABASE_URL does not answer (${messageOf(error)}): mend it, or unset it for the local Postgres`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
  if (facts && !facts.folds)
    throw new Error(
      `the database of DATABASE_URL has encoding ${facts.encoding} and lc_ctype ${facts.ctype}, so a search for é does not find É: make one with create database trimtab template template0 encoding 'UTF8' locale 'C.UTF-8'`,
    );
  return `DATABASE_URL answers, version ${facts?.version ?? ''}`;
}
