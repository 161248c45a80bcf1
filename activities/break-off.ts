import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { unwantedRuns } from '../src/store/batches.ts';
import type { Database } from '../src/store/database.ts';

/** What Temporal says to a call of a run that is cancelled, of a pass that is given up, and of a workflow that has to leave the worker's cache. */
const maybeWanted = 'CANCELLED';

/**
 * Aborted when the activity under way has to break off. Temporal tells a local activity to stop also when another workflow needs the place of
 * its own in the cache: broken off, its call would be made and paid for once more, and an effect might have gone out. Who is right stands
 * on the record; a call that is wanted goes on, and its workflow leaves the cache when it has ended.
 */
export function breakOff(db: Database, run_id: string): AbortSignal {
  const told = cancellationSignal();
  if (!activityInfo().isLocal) return told;
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    const reason: unknown = told.reason;
    const unsure = reason instanceof Error && reason.message === maybeWanted;
    if (!unsure || (await unwantedRuns(db, [run_id]).catch(() => [])).length > 0) stop.abort(reason);
  };
  if (told.aborted) void look();
  else told.addEventListener('abort', () => void look(), { once: true });
  return stop.signal;
}
