import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { TrimtabError } from '../../src/errors.ts';
import { type PostgresBinaries, reachableBy, sharedFolder, type User } from './postgres-binaries.ts';
import { explainStart } from './postgres-trouble.ts';

const run = promisify(execFile);

/** What the home remembers of its Postgres (mode 0600). */
export interface PostgresFacts {
  id: string;
  password: string;
  port?: number;
}

const factsFile = (home: string): string => join(home, 'postgres.json');

export async function readFacts(home: string): Promise<PostgresFacts> {
  const text = await readFile(factsFile(home), 'utf8').catch(() => null);
  if (text !== null) {
    try {
      return JSON.parse(text) as PostgresFacts;
    } catch {
      throw new TrimtabError(
        'setup',
        `${factsFile(home)} is not JSON; it holds the password of the local Postgres: restore it, or remove ${home} to begin anew.`,
      );
    }
  }
  const facts = { id: randomBytes(6).toString('hex'), password: randomBytes(24).toString('base64url') };
  await writeFacts(home, facts);
  return facts;
}

export async function writeFacts(home: string, facts: PostgresFacts): Promise<void> {
  const draft = `${factsFile(home)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  await rename(draft, factsFile(home));
}

/**
 * The folder that holds this home's data: in the home, or, when we are root and the home is closed to the user that runs
 * Postgres (under /root, say), in /var/lib/trimtab under the home's hash and id.
 */
export async function dataPlace(home: string, facts: PostgresFacts, user: User | null): Promise<string> {
  const inside = join(resolve(home), 'postgres');
  if (user === null || (await reachableBy(user, home))) return inside;
  const key = createHash('sha256').update(resolve(home)).digest('hex').slice(0, 12);
  return join(sharedFolder, `${key}-${facts.id}`);
}

export interface InitOptions {
  binaries: PostgresBinaries;
  place: string;
  facts: PostgresFacts;
  user: User | null;
  durable: boolean;
}

/**
 * Make the data directory `<place>/data` unless it is there. It is made under another name and renamed when it is
 * complete, so that an initdb that was killed leaves nothing that could be taken for data.
 */
export async function ensureData(options: InitOptions): Promise<{ data: string; made: boolean }> {
  const { place, user } = options;
  const data = join(place, 'data');
  await mkdir(place, { recursive: true, mode: 0o755 });
  if (user) await chown(place, user.uid, user.gid);
  await chmod(place, 0o700);
  for (const name of await readdir(place)) {
    // An initdb whose parent was killed may still be writing there; what it adds after this is removed by a later start.
    if (name.startsWith('data.') || name.startsWith('password.'))
      await rm(join(place, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
  if (await holdsData(data, options.binaries)) return { data, made: false };
  const draft = `${data}.${randomBytes(4).toString('hex')}`;
  await initdb(draft, options);
  await rename(draft, data);
  return { data, made: true };
}

async function holdsData(data: string, binaries: PostgresBinaries): Promise<boolean> {
  const names = await readdir(data).catch(() => []);
  if (names.length === 0) {
    await rm(data, { recursive: true, force: true });
    return false;
  }
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const control = await readFile(join(data, 'global', 'pg_control')).catch(() => null);
  if (version === '' || control === null) {
    throw new TrimtabError(
      'setup',
      `${data} is a half-made Postgres data directory (${version === '' ? 'PG_VERSION' : 'global/pg_control'} is missing): if it holds nothing you need, remove it with \`rm -r ${data}\` and start again.`,
    );
  }
  const major = binaries.version.split('.')[0];
  if (version !== major) {
    throw new TrimtabError(
      'setup',
      `${data} was made by Postgres ${version}, this build runs Postgres ${major}: start it with the earlier build and \`pg_dump\` what you need, or move it away.`,
    );
  }
  return true;
}

async function initdb(data: string, options: InitOptions): Promise<void> {
  const { binaries, facts, user } = options;
  const passwordFile = join(dirname(data), `password.${randomBytes(4).toString('hex')}`);
  await writeFile(passwordFile, facts.password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  // Bytewise order everywhere; C.UTF-8 for the character classes, without which full text knows no letter beyond ASCII.
  const args = [
    '-D',
    data,
    '-U',
    'trimtab',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--data-checksums',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  const execute = (extra: string[]): Promise<unknown> =>
    run(join(binaries.folder, 'bin', 'initdb'), [...args, ...extra], {
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      ...user,
    });
  try {
    // macOS and some small systems have no such locale in their C library.
    await execute(['--lc-ctype=C.UTF-8']).catch(async (error: unknown) => {
      if (!String((error as { stderr?: string }).stderr).includes('invalid locale name')) throw error;
      await rm(data, { recursive: true, force: true });
      await execute([]);
    });
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    const { stderr, message } = error as { stderr?: string; message: string };
    throw explainStart(stderr || message, 'initdb');
  } finally {
    await rm(passwordFile, { force: true });
  }
}
