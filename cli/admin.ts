import { readConfig } from '../src/config.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { importDocuments } from '../src/store/knowledge.ts';
import { readDocuments } from '../src/store/knowledge-files.ts';
import { createKey, listKeys, revokeKey, type Scope } from '../src/store/keys.ts';
import { inviteUser } from '../src/store/sessions.ts';
import { migrate } from '../src/store/migrate.ts';
import { localState } from '../runtime/local-state.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { Advised } from './advised.ts';
import { show, table } from './output.ts';
import { WrongUsage } from './wrong-usage.ts';

/** The database these commands work on: DATABASE_URL, or the local stack's while it runs. */
function databaseUrl(): string {
  const config = readConfig();
  const url = config.databaseUrl ?? localState(config.home)?.database_url;
  if (!url) throw new TrimtabError('setup', `no database: start the stack with 'npx trimtab dev', or set DATABASE_URL`);
  return url;
}

async function withDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(databaseUrl(), { max: 4 });
  try {
    return await reached(() => work(db));
  } finally {
    await db.destroy();
  }
}

/** What the operating system and Postgres say when there is no way in, or nothing there yet. */
const noWayIn: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNRESET',
  'EHOSTUNREACH',
  '28P01',
  '28000',
  '3D000',
]);
const noTable = '42P01';

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code === noTable)
      throw new TrimtabError('setup', "the database has no tables of trimtab yet: run 'npx trimtab migrate'", { cause: error });
    if (!noWayIn.has(code)) throw error;
    throw new TrimtabError(
      'setup',
      `the database does not answer (${messageOf(error) || code}): mend DATABASE_URL, or start the stack with 'npx trimtab dev'`,
      { cause: error },
    );
  }
}

export async function migrateDatabase(options: { json?: boolean }): Promise<void> {
  show(options, await reached(() => migrate(databaseUrl())), ({ applied }) =>
    applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`,
  );
}

const scopes: readonly string[] = ['runs:write', 'runs:read', 'reviews:decide', 'admin'];

export async function makeKey(options: { scopes: string; name?: string; json?: boolean }): Promise<void> {
  const wanted = options.scopes
    .split(',')
    .map((scope) => scope.trim())
    .filter(Boolean);
  const unknown = wanted.find((scope) => !scopes.includes(scope));
  if (unknown !== undefined || wanted.length === 0)
    throw new WrongUsage(`unknown scope '${unknown ?? ''}'; the scopes are ${scopes.join(', ')}`);
  const made = await withDatabase((db) => createKey(db, { name: options.name ?? 'command line', scopes: wanted as Scope[] }));
  show(options, made, ({ id, key }) => `${key}\nThis is shown once (${id}). Send it as: Authorization: Bearer ${key.slice(0, 6)}…`);
}

export async function showKeys(options: { json?: boolean }): Promise<void> {
  const keys = await withDatabase(listKeys);
  show(options, { data: keys }, ({ data }) =>
    table([
      ['KEY', 'NAME', 'SCOPES', 'MADE', 'STATE'],
      ...data.map((key) => [
        key.id,
        key.name,
        key.scopes.join(','),
        key.created_at,
        key.revoked_at === null ? 'in use' : `revoked ${key.revoked_at}`,
      ]),
    ]),
  );
}

export async function revoke(id: string, options: { json?: boolean }): Promise<void> {
  await withDatabase((db) => revokeKey(db, id));
  show(options, { id, revoked: true }, () => `${id} is revoked: requests with it are refused from now on.`);
}

export async function invite(name: string, options: { json?: boolean }): Promise<void> {
  if (name.trim() === '') throw new WrongUsage('say who is invited: trimtab user invite NAME');
  const { home, publicUrl, secret } = readConfig();
  const url = publicUrl ?? secret('TRIMTAB_URL') ?? localState(home)?.url;
  if (!url) throw new TrimtabError('setup', `no address for the link: start the stack with 'npx trimtab dev', or set TRIMTAB_PUBLIC_URL`);
  const token = await withDatabase((db) => inviteUser(db, name));
  show(
    options,
    { sign_in: new URL(`/sign-in?token=${token}`, url).href },
    ({ sign_in }) => `${sign_in}\nThe link works once, for 15 minutes.`,
  );
}

export async function importKnowledge(path: string, options: { collection?: string; prune?: boolean; json?: boolean }): Promise<void> {
  const since = performance.now();
  const counts = await withDatabase((db) =>
    importDocuments(db, readDocuments(path), {
      ...(options.collection ? { collection: options.collection } : {}),
      prune: options.prune ?? false,
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof TrimtabError) || error.code !== 'invalid_input') throw error;
    throw new Advised(error.code, error.message, 'Mend the path or the line that is named, then import again; nothing of it was stored.');
  });
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  show(
    options,
    { ...counts, seconds: Number(seconds) },
    () => `${counts.added} added, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.removed} removed in ${seconds} s`,
  );
}
