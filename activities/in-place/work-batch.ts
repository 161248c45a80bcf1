import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { endBatch, openCases } from '../../src/store/batches.ts';
import { insist } from './insist.ts';
import { createPlaces, type Places } from './places.ts';
import { watchUnwanted } from './unwanted.ts';
import { caseLeaves, workCase, type CaseDependencies, type Working } from './work-case.ts';

/** Cases under way at once. What they write goes together, so that more of them need no more connections. */
export const casesAtOnce = 64;
/** In all batches of this process: twenty batches at once took a gigabyte. */
export const placesOfBatches = 128;
const lookAgainMs = 100;
const pageSize = 200;

/** Work the open cases of a batch, so many at a time. A worker that stops takes no new ones, and leaves the rest to another. */
export async function workBatch(
  deps: CaseDependencies & { casePlaces: Places },
  batch_id: string,
  signal: AbortSignal,
): Promise<{ left: boolean }> {
  const { db, stopping } = deps;
  // Every case under way listens to it.
  setMaxListeners(0, signal);
  const working = new Map<string, Working>();
  const places = createPlaces(casesAtOnce, deps.casePlaces);
  const unwatch = watchUnwanted(db, working);
  try {
    for (let after = ''; !stopping.aborted && !signal.aborted;) {
      const cases = await insist(() => openCases(db, batch_id, { after, limit: pageSize }), signal);
      for (const one of cases) {
        while (places.free() === 0 && !stopping.aborted && !signal.aborted)
          await Promise.race([sleep(lookAgainMs), ...[...working.values()].map(({ done }) => done)]);
        if (stopping.aborted || signal.aborted) break;
        const giveBack = places.take();
        const work = workCase(deps, one, { letGo: signal, leaves: caseLeaves });
        working.set(one.id, { ...work, done: work.done.finally(() => void (giveBack(), working.delete(one.id))) });
      }
      const last = cases.at(-1);
      if (!last || cases.length < pageSize) break;
      after = last.id;
    }
    await Promise.all([...working.values()].map(({ done }) => done));
  } finally {
    unwatch();
  }
  signal.throwIfAborted();
  const left = (await openCases(db, batch_id, { after: '', limit: 1 })).length > 0;
  if (!left) await endBatch(db, batch_id);
  return { left };
}
