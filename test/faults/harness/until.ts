import { setTimeout as sleep } from 'node:timers/promises';

/** Look until it holds, every so often. Throws after `withinMs`, naming what was waited for. A look that throws is a look that saw nothing. */
export async function within<T>(
  withinMs: number,
  what: string,
  look: () => Promise<T | null | undefined | false>,
  everyMs = 50,
): Promise<T> {
  let last = '';
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(everyMs)) {
    try {
      const found = await look();
      if (found) return found;
      last = '';
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what}${last}`);
}

const standstillMs = 180_000;

/**
 * Look until so many are counted. How long that takes is a matter of the machine, so it throws only when the count did not grow for three
 * minutes. A look that throws is a look that saw nothing new.
 */
export async function reaches(target: number, what: string, count: () => number | Promise<number>): Promise<number> {
  let most = -1;
  for (let grewAt = Date.now(); Date.now() - grewAt < standstillMs; await sleep(250)) {
    const now = await Promise.resolve()
      .then(count)
      .catch(() => most);
    if (now >= target) return now;
    if (now > most) [most, grewAt] = [now, Date.now()];
  }
  throw new Error(`${what}: ${most} of ${target}, and no more for ${standstillMs / 60_000} min`);
}
