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
