import { setTimeout } from 'node:timers/promises';
import { TrimtabError } from '../../src/errors.ts';

const firstMs = 1_000;
const longestMs = 10_000;

/** Do it again until the world lets it through, or the signal is aborted: what Temporal's retries are to an activity. */
export async function insist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      const told = error instanceof TrimtabError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
      await setTimeout(Math.max(told, Math.min(longestMs, firstMs * 1.5 ** tries)), undefined, { signal });
    }
  }
}
