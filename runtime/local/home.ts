import { chmod, readFile, rename, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, TrimtabError } from '../../src/errors.ts';
import { makeFolder } from './make-folder.ts';

export interface Credentials {
  url: string;
  api_key: string;
}

/** What a first start needs: binaries 220 MB, data 60 MB, the rest is room to work. */
const neededBytes = 1024 ** 3;

/** Downloads shared by all homes: TRIMTAB_CACHE, or `trimtab` under XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env['TRIMTAB_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'trimtab'));
}

/** Make the home and its `logs`. As root others may pass through, since Postgres runs as one of them; secrets in it are 0600. */
export async function ensureHome(home: string): Promise<void> {
  try {
    makeFolder(join(home, 'logs'), 0o755);
    await chmod(home, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch (error) {
    throw new TrimtabError('setup', `The folder ${home} cannot be written (${messageOf(error)}): set TRIMTAB_HOME to one that can.`, {
      cause: error,
    });
  }
}

/** Bytes free for us where `path` lies. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Throws `setup` when less than 1 GiB is free. */
export async function checkDiskSpace(path: string): Promise<void> {
  const free = await freeBytes(path);
  if (free < neededBytes) throw new TrimtabError('setup', diskSentence(path, free));
}

export const hasRoom = (free: number): boolean => free >= neededBytes;
export const diskSentence = (path: string, free: number): string =>
  `Only ${(free / 1024 ** 3).toFixed(2)} GiB are free under ${path}, the local stack needs 1 GiB: free some, or set TRIMTAB_HOME to another disk.`;

const credentialsFile = (home: string): string => join(home, 'credentials.json');

/** Readable by us alone, whole or not at all. */
export async function writeCredentials(home: string, credentials: Credentials): Promise<void> {
  const draft = `${credentialsFile(home)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, credentialsFile(home));
}

/** Null when the home has none that can be read (no start has finished yet). */
export async function readCredentials(home: string): Promise<Credentials | null> {
  const text = await readFile(credentialsFile(home), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Credentials;
  } catch {
    return null;
  }
}
