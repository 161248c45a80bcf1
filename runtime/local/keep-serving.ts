import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/errors.ts';

interface LocalServer {
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

const pausesMs = [0, 1_000, 2_000, 5_000, 10_000];

/**
 * Starts a local server again when it dies, with growing pauses, until `stop`. `at` is its address: server and worker hold the first one's, so one
 * that comes up elsewhere, because somebody else took the port meanwhile, is stopped and tried again.
 */
export function keepServing<Server extends LocalServer>(
  first: Server,
  { name, start, at, say }: { name: string; start(): Promise<Server>; at(server: Server): string; say(message: string): void },
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let current: Server = first;

  const tryAgain = async (): Promise<string | null> => {
    try {
      const server = await start();
      if (at(server) !== at(first)) {
        await server.stop();
        return `${at(first)} is taken by another process`;
      }
      current = server;
      return null;
    } catch (error) {
      return messageOf(error);
    }
  };
  const bringBack = async (): Promise<void> => {
    let told = '';
    for (let tries = 0; ; tries += 1) {
      await sleep(pausesMs[Math.min(tries, pausesMs.length - 1)], undefined, { signal: stopped.signal });
      const trouble = await tryAgain();
      if (trouble === null) return stopped.signal.aborted ? undefined : say(`${name} is back`);
      if (trouble !== told) say(`${name} does not start: ${trouble}; trying again`);
      told = trouble;
    }
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await current.ended;
      if (stopped.signal.aborted) return;
      say(`${name} ended; starting it again`);
      await bringBack();
      // Told to stop while it came up.
      if (stopped.signal.aborted) await current.stop();
    }
  };
  const watching = watch().catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      await current.stop();
      await watching;
    },
  };
}
