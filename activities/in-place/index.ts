import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { unwantedRuns } from '../../src/store/batches.ts';
import type { Activities, ActivityDependencies, RunActivities } from '../index.ts';
import { beginRun } from './begin-run.ts';
import { gatheringOf } from '../../src/store/gatherings.ts';
import { placesOfBatches, workBatch } from './work-batch.ts';
import { createPlaces } from './places.ts';
import { placesOfAll, workGathering } from './work-gathering.ts';

const heartbeatMs = 2_000;

/** The activities that work runs in this process, over those that open and close them. */
export function withInPlace(activities: RunActivities, deps: ActivityDependencies): Activities {
  const place = { ...deps, activities, places: createPlaces(placesOfAll), casePlaces: createPlaces(placesOfBatches) };
  return {
    ...activities,
    async beginRun(run) {
      const signal = cancellationSignal();
      const [letGo, cancel] = [new AbortController(), new AbortController()];
      // It is aborted for a worker that stops, for a workflow that is dropped from the cache, and for a run that is cancelled: who is right
      // stands on the record.
      const told = async (): Promise<void> => {
        const unwanted = await unwantedRuns(deps.db, [run.run_id]).catch(() => []);
        (unwanted.length > 0 ? cancel : letGo).abort();
      };
      if (signal.aborted) void told();
      else signal.addEventListener('abort', () => void told(), { once: true });
      const begun = await beginRun(place, run, { letGo: letGo.signal, cancel: cancel.signal });
      if (begun !== null) return begun;
      signal.throwIfAborted();
      throw new Error('the worker stopped');
    },
    async workBatch({ batch_id }) {
      const timer = setInterval(() => {
        if (!activityInfo().isLocal) heartbeat();
      }, heartbeatMs);
      try {
        const gathering = await gatheringOf(deps.db, batch_id);
        return await (gathering ? workGathering(place, gathering, cancellationSignal()) : workBatch(place, batch_id, cancellationSignal()));
      } finally {
        clearInterval(timer);
      }
    },
  };
}
