import { unwantedRuns } from '../../src/store/batches.ts';
import type { Database } from '../../src/store/database.ts';
import type { Working } from './work-case.ts';

const lookEveryMs = 2_000;

/** A case that somebody cancels or deletes is told; one that has just ended is not there any more. Returns how to stop. */
export function watchUnwanted(db: Database, working: ReadonlyMap<string, Working>): () => void {
  const timer = setInterval(() => {
    unwantedRuns(db, [...working.keys()]).then(
      (ids) => {
        for (const id of ids) working.get(id)?.cancel();
      },
      () => undefined,
    );
  }, lookEveryMs);
  return () => clearInterval(timer);
}
