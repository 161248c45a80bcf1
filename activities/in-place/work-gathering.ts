import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCases, type BatchCase } from '../../src/store/batches.ts';
import { endGathering, hold, takeStarts, type Gathering } from '../../src/store/gatherings.ts';
import { createBell } from '../../src/store/bell.ts';
import { insist } from './insist.ts';
import { createPlaces, type Places } from './places.ts';
import { watchUnwanted } from './unwanted.ts';
import { gatheredLeaves, workCase, type CaseDependencies, type Working } from './work-case.ts';

/** Runs under way at once in one gathering, and in all of this process: as many as local activities (runtime/worker.ts). */
const placesOfOne = 100;
export const placesOfAll = 200;
/** How long a start waits at most for a gathering that has room. */
const lookEveryMs = 25;
/** How long after its worker died a gathering still keeps its chain's starts to itself. */
const holdMs = 1_000;
const holdEveryMs = 400;
/** It takes for so long, then ends what it has, and the next one takes what comes: another worker's, perhaps. */
const takesForMs = 10_000;
/** With nothing under way it waits so long for one more start, and looks so often for what it was not woken for. */
const lingersMs = 1_000;
const looksAroundMs = 200;

/** So many must be over before it is said of a chain that its runs leave. */
const enough = 10;

/**
 * Work runs whose starts came quickly, and take in what starts meanwhile: such a run costs Temporal nothing. It ends when
 * nothing is under way and nothing came for a while. A worker that stops takes no new ones, and leaves the rest to another.
 */
export async function workGathering(
  deps: CaseDependencies & { places: Places },
  gathering: Gathering,
  signal: AbortSignal,
): Promise<{ left: boolean }> {
  const { db, stopping } = deps;
  setMaxListeners(0, signal);
  const places = createPlaces(placesOfOne, deps.places);
  const crew = createCrew(deps, places, signal);
  const { working, begin } = crew;
  const until = Date.now() + takesForMs;
  const takes = (): boolean => Date.now() < until && !crew.mostlyLeave() && places.free() > 0;
  const stops = (): boolean => stopping.aborted || signal.aborted;
  const lingers = (): boolean => takes() && crew.idleMs() < lingersMs;
  const unwatch = watchUnwanted(db, working);
  const bell = createBell();
  const deafen = deps.onStarts(bell.ring);
  signal.addEventListener('abort', bell.ring, { once: true });
  stopping.addEventListener('abort', bell.ring, { once: true });
  const holding = holder(db, gathering);
  try {
    // What was gathered is there before it is begun; what a worker took in that died is there when nothing else is.
    for (let known = true; !stops();) {
      const limit = places.free();
      if (known || working.size === 0) {
        const cases =
          limit > 0 ? await insist(() => openCases(db, gathering.id, { after: '', limit, except: [...working.keys()] }), signal) : [];
        known = cases.length === limit;
        begin(cases);
      }
      await holding(takes());
      if (takes()) {
        const taken = await takeStarts(db, gathering, places.free()).catch(() => null);
        // Without an answer they may have been taken in all the same.
        known ||= taken === null;
        begin(taken ?? []);
      }
      if (working.size === 0 && !known && !lingers() && (await insist(() => endGathering(db, gathering), signal))) return { left: false };
      if (working.size === 0) await bell.heardWithin(looksAroundMs);
      else await sleep(lookEveryMs);
    }
    await holding(false);
    await Promise.all([...working.values()].map(({ done }) => done));
  } finally {
    unwatch();
    deafen();
    stopping.removeEventListener('abort', bell.ring);
  }
  signal.throwIfAborted();
  return { left: true };
}

/** The runs under way in one gathering, each in a place of its own. */
interface Crew {
  working: ReadonlyMap<string, Working>;
  begin(cases: readonly BatchCase[]): void;
  /** Of those that are over, most had to leave for a workflow: the chain's runs had better begin there. */
  mostlyLeave(): boolean;
  /** How long ago the last one was over. */
  idleMs(): number;
}

function createCrew(deps: CaseDependencies, places: Places, letGo: AbortSignal): Crew {
  const working = new Map<string, Working>();
  const over = { left: 0, all: 0 };
  let busyAt = Date.now();
  const start = (one: BatchCase): Working => {
    const giveBack = places.take();
    const work = workCase(deps, one, { letGo, leaves: gatheredLeaves });
    const ended = async (): Promise<'left' | 'over'> => {
      // A worker that lets go of it leaves it to the next.
      const how = await work.done.catch(() => 'over' as const);
      working.delete(one.id);
      busyAt = Date.now();
      giveBack();
      over.all += 1;
      if (how === 'left') over.left += 1;
      return how;
    };
    return { ...work, done: ended() };
  };
  return {
    working,
    begin: (cases) => cases.forEach((one) => working.set(one.id, start(one))),
    mostlyLeave: () => over.all >= enough && over.left * 2 > over.all,
    idleMs: () => Date.now() - busyAt,
  };
}

/** Keeps the chain's starts for this gathering while it takes them, and leaves them to the relay at once when it does not. */
function holder(db: CaseDependencies['db'], gathering: Gathering): (takes: boolean) => Promise<void> {
  let saidAt: number | null = 0;
  return async (takes) => {
    if (takes ? saidAt !== null && Date.now() - saidAt < holdEveryMs : saidAt === null) return;
    saidAt = takes ? Date.now() : null;
    await hold(db, gathering, takes ? holdMs : null).catch(() => undefined);
  };
}
