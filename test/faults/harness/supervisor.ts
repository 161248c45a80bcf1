import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../stack/trimtab-child.ts';
import { say } from './say.ts';
import type { Spare } from './stack.ts';

/** One process that is to be killed: at which crash point, or how long after it serves, when something has been done since. */
export type Death = { at: string } | { afterMs: number };

export interface Supervised {
  /** Deaths so far. */
  killed: Death[];
  /** The process that lives now, or null between two. */
  current(): Child | null;
  /** Settles when all deaths have happened and a process without one serves. Rejects when a crash point was not reached in time. */
  done: Promise<void>;
}

/** A busy machine would do nothing between two deaths that a clock alone gives: measured, 60 kills and not one decision. */
const doneBetweenDeaths = 3;
const idleWithinMs = 30_000;
const startsAtMost = 60;

/** A crash point that real traffic does not reach in this time is not reached. */
const reachedWithinMs = 600_000;

/**
 * Keep one process alive through a list of deaths, as an init system does: when it dies the next one, which is loaded and
 * waits, serves at once. `workDone`: a count of what the whole stack has done.
 */
export function supervise(spare: (env: Record<string, string>) => Spare, deaths: readonly Death[], workDone: () => number): Supervised {
  let current: Child | null = null;
  const killed: Death[] = [];
  const next = (n: number): Spare => {
    const death = deaths[n];
    return spare(death !== undefined && 'at' in death ? { TRIMTAB_CRASH_AT: death.at } : {});
  };
  const die = async (child: Child, death: Death): Promise<void> => {
    if ('afterMs' in death) {
      const before = workDone();
      await sleep(death.afterMs);
      for (const from = Date.now(); workDone() < before + doneBetweenDeaths && Date.now() - from < idleWithinMs;) await sleep(20);
      child.signal('SIGKILL');
    }
    const ended = await Promise.race([child.ended, sleep(reachedWithinMs, 'late' as const, { ref: false })]);
    if (ended === 'late') throw new Error(`crash point ${JSON.stringify(death)} was not reached within ${reachedWithinMs / 1000} s`);
    if (ended.signal !== 'SIGKILL')
      throw new Error(`ended with ${JSON.stringify(ended)} instead of at ${JSON.stringify(death)}: ${child.said().slice(-2_000)}`);
    killed.push(death);
    say(`killed ${JSON.stringify(death)}`);
  };
  /** It serves, or has reached its point before it said so. What could not start, as a worker without Temporal, is started again. */
  const up = async (n: number, first: Spare): Promise<Child> => {
    let now = first;
    for (let tries = 1; ; tries += 1) {
      const trouble = await now.serve().catch((error: unknown) => error);
      if (trouble === undefined) return now.child;
      const { signal } = await now.child.ended;
      if (signal === 'SIGKILL') return now.child;
      if (tries === startsAtMost) throw trouble;
      say(`started again: ${String(trouble).slice(0, 80)}`);
      await sleep(500);
      now = next(n);
    }
  };
  const done = (async () => {
    let waiting = next(0);
    for (const [n, death] of deaths.entries()) {
      const child = await up(n, waiting);
      current = child;
      waiting = next(n + 1);
      await die(child, death);
      current = null;
    }
    current = await up(deaths.length, waiting);
  })();
  done.catch(() => undefined);
  return { killed, current: () => current, done };
}
