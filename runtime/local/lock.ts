import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrimtabError } from '../../src/errors.ts';
import { localState } from '../local-state.ts';
import { checkDiskSpace, ensureHome } from './home.ts';
import { startTimeOf } from './processes.ts';

export interface HomeLock {
  release(): Promise<void>;
}

/** Pids are used again: pid and start time together name one process. */
interface Holder {
  pid: number;
  started: string | null;
}

/** Make the home and hold it: one stack a home. Throws `setup` with one sentence when it cannot be used. */
export async function lockHome(home: string): Promise<HomeLock> {
  await ensureHome(home);
  await checkDiskSpace(home);
  const file = join(home, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: await startTimeOf(process.pid) } satisfies Holder);
  for (let tries = 0; tries < 5; tries += 1) {
    if (place(file, mine))
      return {
        release: async () => {
          if (read(file) === mine) rmSync(file, { force: true });
        },
      };
    const there = read(file);
    if (there === null) continue;
    const holder = parse(there);
    if (holder !== null && (await startTimeOf(holder.pid)) === holder.started) {
      throw new TrimtabError(
        'setup',
        `trimtab already runs with ${home} (process ${holder.pid}${address(home)}): use that one, or set TRIMTAB_HOME to another folder`,
      );
    }
    takeAway(file, there);
  }
  throw new TrimtabError('setup', `another start of ${home} is under way: wait a moment and try again`);
}

/** True when the lock is ours now: it appears whole or not at all. */
function place(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Remove the stale lock that was read, and no other: one that somebody placed in the meantime is put back. */
function takeAway(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== null && moved !== stale) place(file, moved);
  rmSync(aside, { force: true });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.pid === 'number' && typeof holder.started === 'string' ? holder : null;
  } catch {
    return null;
  }
}

const address = (home: string): string => {
  const state = localState(home);
  return state ? `, ${state.url}` : '';
};
