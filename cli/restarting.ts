import { readConfig } from '../src/config.ts';
import { localState } from '../runtime/local-state.ts';
import { wantsJson } from './wants-json.ts';

/** A restart of the local server took 12.6 s on 2 cores with seven times as much work as cores. */
const longestMs = 20_000;
const pauseMs = 200;

/**
 * Ask again while nobody listens at the address of a local stack that runs: a saved file starts its server again. Nothing was
 * sent then, so nothing is sent twice. Rejects as `ask` does at once for any other address, and after 20 s for this one.
 */
export async function whileItRestarts<T>(url: string, ask: () => Promise<T>, withinMs = longestMs): Promise<T> {
  let said = false;
  for (const until = Date.now() + withinMs; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!nobodyListens(error) || Date.now() > until || localState(readConfig().home)?.url !== url) throw error;
      if (!said && !wantsJson()) console.error(`nothing answers at ${url}: waiting up to ${withinMs / 1_000} s for the stack to come back`);
      said = true;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

const nobodyListens = (error: unknown): boolean =>
  error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
