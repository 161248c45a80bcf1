import type { Config } from '../../src/config.ts';
import type { Log } from '../log.ts';
import { serveNumbers } from './scrape.ts';
import { startTracing, type Tracing } from './tracing.ts';
import { workerNumbers, type WorkerNumbers } from './worker-numbers.ts';

/** Whoever watches the work of a worker. None of it may change the work, or fail it. `numbers` is null when nobody scrapes. */
export interface Observer {
  tracing: Tracing;
  numbers: WorkerNumbers | null;
  log: Log;
}

/** A worker's observer, as its environment asks for one. */
export async function observe(
  env: Record<string, string | undefined>,
  { config, log, metricsUrl }: { config: Config; log: Log; metricsUrl: string | null },
): Promise<Observer & { stop(): Promise<void> }> {
  const tracing = await startTracing(env, { service: 'trimtab-worker', warn: (entry) => log({ level: 'warn', ...entry }) });
  const numbers = config.metrics === null ? null : workerNumbers();
  const scraped = numbers && config.metrics ? await serveNumbers(numbers.registry, { ...config.metrics, sdkUrl: metricsUrl }) : null;
  return {
    tracing,
    numbers,
    log,
    async stop() {
      scraped?.stop();
      await tracing.stop();
    },
  };
}
