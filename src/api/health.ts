import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MiddlewareHandler } from 'hono';
import { messageOf } from '../errors.ts';
import { countRecords, liveWorkers } from '../store/health.ts';
import { demand } from './access.ts';
import type { ApiDependencies, ApiEnv } from './deps.ts';
import type { Api } from './route.ts';

/** `/healthz`: the process lives. `/readyz`: what work needs is there; it names what is not. No key for either. */
export function healthRoutes(api: Api, deps: ApiDependencies): void {
  api.get('/healthz', (context) => context.json({ status: 'ok' }));
  api.get('/readyz', async (context) => {
    const [workers, temporal] = await Promise.all([
      liveWorkers(deps.db).catch((error: unknown) => messageOf(error)),
      deps.temporalTrouble(),
    ]);
    const missing = [
      ...(typeof workers === 'string'
        ? ['the database does not answer']
        : workers.length === 0
          ? ['no worker is there: start one with trimtab worker']
          : []),
      ...(temporal === null ? [] : [`Temporal does not answer: ${temporal}`]),
    ];
    return context.json({ status: missing.length === 0 ? 'ready' : 'not ready', missing }, missing.length === 0 ? 200 : 503);
  });
}

export interface Metrics {
  measure: MiddlewareHandler<ApiEnv>;
  routes(api: Api): void;
}

export function createMetrics({ db }: ApiDependencies): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'trimtab_http_seconds',
    help: 'Seconds per request',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 5, 30],
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name, help, labelNames, registers: [registry] });
  const runs = gauge('trimtab_runs', 'Runs by status', ['status']);
  const reviews = gauge('trimtab_reviews_pending', 'Reviews that wait');
  const outbox = gauge('trimtab_outbox_waiting', 'Messages not yet told');
  const failed = gauge('trimtab_outbox_failed', 'Messages given up');
  const lag = gauge('trimtab_outbox_lag_seconds', 'Age of the oldest message not yet told');
  return {
    async measure(context, next) {
      const end = durations.startTimer({ method: context.req.method });
      await next();
      end({ route: context.req.routePath, status: String(context.res.status) });
    },
    routes(api) {
      api.get('/metrics', async (context) => {
        demand(context, 'admin');
        const counts = await countRecords(db);
        runs.reset();
        for (const [status, count] of Object.entries(counts.runs)) runs.set({ status }, count);
        reviews.set(counts.reviews_pending);
        outbox.set(counts.outbox_waiting);
        failed.set(counts.outbox_failed);
        lag.set(counts.outbox_lag_seconds);
        return context.text(await registry.metrics(), 200, { 'content-type': registry.contentType });
      });
    },
  };
}
