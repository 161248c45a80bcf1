import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../stack/trimtab-child.ts';
import { say } from './say.ts';

/** One process that is to be killed: at which crash point, or how long after it serves. Null: it lives. */
export type Death = { at: string } | { afterMs: number } | null;

export interface Killed {
  death: Exclude<Death, null>;
  /** Unix milliseconds at which it was gone. */
  at: number;
}

export interface Supervised {
  /** Deaths so far. */
  killed: Killed[];
  /** The process that lives now, or null between two. */
  current(): Child | null;
  /** Settles when all deaths have happened and a process without one serves. Rejects when a crash point was not reached in time. */
  done: Promise<void>;
}

/** A crash point that real traffic does not reach in this time is not reached. */
const reachedWithinMs = 300_000;

/** Keep one process alive through a list of deaths, as an init system does: when it dies the next one starts at once. */
export function supervise(start: (env: Record<string, string>) => Promise<Child>, deaths: readonly Exclude<Death, null>[]): Supervised {
  let current: Child | null = null;
  const killed: Killed[] = [];
  const live = async (death: Death): Promise<void> => {
    const child = await start(death !== null && 'at' in death ? { TRIMTAB_CRASH_AT: death.at } : {}).catch((error: unknown) => {
      // It reached its point before it said that it serves.
      if (death !== null && 'at' in death) return null;
      throw error;
    });
    current = child;
    if (death === null) return;
    if (child !== null && 'afterMs' in death) {
      await sleep(death.afterMs);
      child.signal('SIGKILL');
    }
    const ended = child === null ? null : await Promise.race([child.ended, sleep(reachedWithinMs, 'late' as const, { ref: false })]);
    if (ended === 'late') throw new Error(`crash point ${JSON.stringify(death)} was not reached within ${reachedWithinMs / 1000} s`);
    if (ended !== null && ended.signal !== 'SIGKILL')
      throw new Error(`ended with ${JSON.stringify(ended)} instead of at ${JSON.stringify(death)}: ${child?.said().slice(-2_000)}`);
    current = null;
    killed.push({ death, at: Date.now() });
    say(`killed ${JSON.stringify(death)}`);
  };
  const done = (async () => {
    for (const death of deaths) await live(death);
    await live(null);
  })();
  done.catch(() => undefined);
  return { killed, current: () => current, done };
}
