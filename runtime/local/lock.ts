import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrimtabError } from '../../src/errors.ts';
import { localState } from '../local-state.ts';
import { checkDiskSpace, ensureHome } from './home.ts';
import { commandOf } from './processes.ts';

export interface HomeLock { release(): Promise<void> }

/** Make the home and hold it: one stack a home. Throws `setup` with one sentence when it cannot be used. */
export async function lockHome(home: string): Promise<HomeLock> {
  await ensureHome(home);
  await checkDiskSpace(home);
  const file = join(home, 'lock');
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: async () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(file, 'utf8'));
      if (holder !== process.pid && (await commandOf(holder)).includes('trimtab')) {
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
