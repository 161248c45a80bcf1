import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** Temporal's two databases, with the newest schema in them and nothing else. */
export const templates = { main: 'temporal_template', visibility: 'temporal_visibility_template' } as const;

/** Make them by Temporal's own tool. */
export async function makeTemplates(sql: string, postgres: URL): Promise<void> {
  const of = (database: string): string[] => [
    '--plugin=postgres12',
    `--endpoint=${postgres.hostname}`,
    `--port=${postgres.port}`,
    `--user=${postgres.username}`,
    `--password=${postgres.password}`,
    `--database=${database}`,
  ];
  for (const [database, schema] of [
    [templates.main, 'temporal'],
    [templates.visibility, 'visibility'],
  ] as const) {
    await run(sql, [...of(database), 'create-database']);
    await run(sql, [...of(database), 'setup-schema', '--version', '0.0']);
    await run(sql, [...of(database), 'update-schema', '--schema-name', `postgresql/v12/${schema}`]);
  }
}

/** The databases of one server: those of its file, so that it finds its state again; without a file, new ones. */
export async function ownDatabases(postgres: URL, file: string): Promise<{ main: string; visibility: string }> {
  const mark = file === '' ? randomBytes(6).toString('hex') : createHash('sha256').update(file).digest('hex').slice(0, 12);
  const own = { main: `temporal_${mark}`, visibility: `temporal_visibility_${mark}` };
  await clone(postgres, templates.main, own.main);
  await clone(postgres, templates.visibility, own.visibility);
  // A member that was killed would be waited for; this server is the only one.
  await query(postgres, own.main, 'delete from cluster_membership');
  return own;
}

const exists = '42P04';
/** Somebody else copies the template right now. */
const busy = '55006';

async function clone(postgres: URL, template: string, name: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await query(postgres, 'postgres', `create database ${name} template ${template}`);
      // The version of a schema is kept under the database's name.
      return await query(postgres, name, `update schema_version set db_name = '${name}'`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === exists) return;
      if (code !== busy || tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function query(postgres: URL, database: string, statement: string): Promise<void> {
  const at = new URL(postgres);
  at.pathname = `/${database}`;
  const client = new pg.Client(at.href);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
