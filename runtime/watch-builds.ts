import type { Database } from '../src/store/database.ts';
import { liveWorkers } from '../src/store/health.ts';
import { retryRuns } from '../src/store/run-commands.ts';

/**
 * Runs that wait for a build that fits look again when other builds serve than at the last call; the first call counts as such. Returns the ids of
 * those it told. A worker that was killed serves for 20 s more.
 */
export function watchBuilds(db: Database): () => Promise<string[]> {
  let last = '';
  return async () => {
    const now = [...new Set(await liveWorkers(db))].toSorted().join(' ');
    if (now === last || now === '') return [];
    const told = await retryRuns(db, { code: 'build_mismatch', waits: 'itself' }, 'trimtab');
    last = now;
    return told;
  };
}
