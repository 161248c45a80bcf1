import { Runtime } from '@temporalio/worker';
import { freePort } from './local/ports.ts';
import type { Log } from './log.ts';
import { temporalLogger } from './temporal-log.ts';

let installed: Promise<{ metricsUrl: string | null }> | null = null;

/**
 * The SDK's runtime is one for the process, so the first call decides. Its lines go to our log; with `metrics` its numbers
 * (slots, pollers, latencies) are served on a port of loopback, for us to pass on.
 */
export function installRuntime(options: { log: Log; metrics: boolean }): Promise<{ metricsUrl: string | null }> {
  installed ??= install(options);
  return installed;
}

async function install({ log, metrics }: { log: Log; metrics: boolean }): Promise<{ metricsUrl: string | null }> {
  const address = metrics ? `127.0.0.1:${await freePort()}` : null;
  Runtime.install({
    shutdownSignals: [],
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(address === null
        ? {}
        : { metrics: { prometheus: { bindAddress: address, countersTotalSuffix: true, useSecondsForDurations: true } } }),
    },
  });
  return { metricsUrl: address === null ? null : `http://${address}/metrics` };
}
