import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrimtabError, messageOf } from '../../src/errors.ts';
import { localState } from '../local-state.ts';
import { commandOf } from './process.ts';

export interface HomeLock { release(): Promise<void> }

/** Postgres, Temporal and the build need about this much. */
const leastFreeBytes = 1024 ** 3;

/** Make the home and hold it: one stack a home. Throws `setup` with one sentence when it cannot be used. */
export async function lockHome(home: string): Promise<HomeLock> {
  makeHome(home);
  const file = join(home, 'lock');
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: async () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(file, 'utf8'));
      if (holder !== process.pid && (commandOf(holder) ?? '').includes('trimtab')) {
        throw new TrimtabError('setup', `trimtab already runs with ${home} (process ${holder}${address(home)}): use that one, or set TRIMTAB_HOME to another folder`);
      }
      rmSync(file, { force: true });
    }
  }
  throw new TrimtabError('setup', `another start of ${home} is under way: wait a moment and try again`);
}

const address = (home: string): string => {
  const state = localState(home);
  return state ? `, ${state.url}` : '';
};

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o711 });
  } catch (error) {
    throw new TrimtabError('setup', `cannot write to ${home} (${messageOf(error)}): set TRIMTAB_HOME to a folder of yours`, { cause: error });
  }
  const { bavail, bsize } = statfsSync(home);
  if (bavail * bsize < leastFreeBytes) {
    throw new TrimtabError('setup', `only ${Math.floor((bavail * bsize) / 1024 ** 2)} MiB are free where ${home} is, 1024 are needed: make room, or set TRIMTAB_HOME to a larger disk`);
  }
}
