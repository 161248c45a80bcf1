import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MiddlewareHandler } from 'hono';
import type { ProviderState } from '../shapes/breaker.ts';
import { countRecords, type Counts } from '../store/health.ts';
import { demand } from './access.ts';
import type { ApiDependencies, ApiEnv, TaskQueue } from './deps.ts';
import type { Api } from './route.ts';

export interface Metrics {
  measure: MiddlewareHandler<ApiEnv>;
  routes(api: Api): void;
}

/** `/metrics` of a server: what the records and Temporal hold at this moment, the same on every server, and this one's requests. */
export function createMetrics(deps: ApiDependencies): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'trimtab_http_seconds',
    help: 'Seconds per request',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 5, 30],
  });
  const show = gauges(registry);
  return {
    async measure(context, next) {
      const end = durations.startTimer({ method: context.req.method });
      await next();
      end({ route: context.req.routePath, status: String(context.res.status) });
    },
    routes(api) {
      api.get('/metrics', async (context) => {
        demand(context, 'admin');
        const [counts, queues] = await Promise.all([countRecords(deps.db), deps.taskQueues?.() ?? Promise.resolve(null)]);
        show(counts, queues);
        return context.text(await registry.metrics(), 200, { 'content-type': registry.contentType });
      });
    },
  };
}

type Rows = readonly { labels: Record<string, string>; value: number }[];

function gauges(registry: Registry): (counts: Counts, queues: readonly TaskQueue[] | null) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) => {
    const made = new Gauge({ name, help, labelNames, registers: [registry] });
    return (rows: Rows | number): void => {
      made.reset();
      if (typeof rows === 'number') made.set(rows);
      else for (const { labels, value } of rows) made.set(labels, value);
    };
  };
  const runs = gauge('trimtab_runs', 'Runs by status', ['status']);
  const blocked = gauge('trimtab_runs_blocked', 'Runs that wait for a cause to be removed, by code', ['code']);
  const unopened = gauge('trimtab_runs_unopened', 'Runs that no worker has begun');
  const unopenedAge = gauge(
    'trimtab_runs_unopened_age_seconds',
    'Age of the oldest run that no worker has begun, but for cases of a batch that one works',
  );
  const reviews = gauge('trimtab_reviews_pending', 'Reviews that wait');
  const depth = gauge('trimtab_queue_depth', 'Reviews that wait, by queue', ['queue']);
  const age = gauge('trimtab_queue_age_seconds', 'Age of the oldest review that waits, by queue', ['queue']);
  const overdue = gauge('trimtab_queue_overdue', 'Reviews past their due time, by queue', ['queue']);
  const calls = gauge('trimtab_calls_open', 'Calls under way');
  const callAge = gauge('trimtab_calls_open_age_seconds', 'Age of the oldest call under way');
  const outbox = gauge('trimtab_outbox_waiting', 'Messages not yet told');
  const topics = gauge('trimtab_outbox_topic_waiting', 'Messages not yet told, by topic', ['topic']);
  const topicAge = gauge('trimtab_outbox_topic_age_seconds', 'Age of the oldest message not yet told, by topic', ['topic']);
  const failed = gauge('trimtab_outbox_failed', 'Messages given up');
  const lag = gauge('trimtab_outbox_lag_seconds', 'Age of the oldest message not yet told');
  const workers = gauge('trimtab_workers', 'Workers that said within 20 s that they are there');
  const breaker = gauge('trimtab_provider_breaker', '1 while a provider is left alone because it is down, 0.5 while one call tries it', [
    'provider',
  ]);
  const held = gauge('trimtab_provider_waiting', 'Calls that wait for the limits of a provider', ['provider']);
  const lately = gauge('trimtab_provider_calls_minute', 'Calls to a limited provider in the last minute', ['provider']);
  const temporal = gauge('trimtab_temporal_up', '1 when Temporal answers');
  const backlog = gauge('trimtab_task_queue_backlog', "Tasks that wait for a worker in Temporal's queue, about", ['type']);
  const backlogAge = gauge('trimtab_task_queue_age_seconds', "Age of the oldest task in Temporal's queue, about", ['type']);
  return (counts, queues) => {
    runs(Object.entries(counts.runs).map(([status, value]) => ({ labels: { status }, value })));
    blocked(Object.entries(counts.blocked).map(([code, value]) => ({ labels: { code }, value })));
    unopened(counts.runs_unopened);
    unopenedAge(counts.runs_unopened_age_seconds);
    reviews(counts.queues.reduce((total, queue) => total + queue.depth, 0));
    depth(counts.queues.map(({ queue, depth: value }) => ({ labels: { queue }, value })));
    age(counts.queues.map(({ queue, age_seconds: value }) => ({ labels: { queue }, value })));
    overdue(counts.queues.map(({ queue, overdue: value }) => ({ labels: { queue }, value })));
    calls(counts.calls_open);
    callAge(counts.calls_open_age_seconds);
    outbox(counts.outbox.reduce((total, { waiting }) => total + waiting, 0));
    lag(Math.max(0, ...counts.outbox.map(({ age_seconds }) => age_seconds)));
    topics(counts.outbox.map(({ topic, waiting: value }) => ({ labels: { topic }, value })));
    topicAge(counts.outbox.map(({ topic, age_seconds: value }) => ({ labels: { topic }, value })));
    failed(counts.outbox_failed);
    workers(counts.workers);
    const ofProviders = (value: (state: ProviderState) => number): Rows =>
      counts.providers.map((state) => ({ labels: { provider: state.provider }, value: value(state) }));
    breaker(ofProviders((state) => ({ closed: 0, 'half open': 0.5, open: 1 })[state.breaker]));
    held(ofProviders((state) => state.waiting));
    lately(ofProviders((state) => state.last_minute));
    temporal(queues === null ? 0 : 1);
    backlog((queues ?? []).map(({ type, backlog: value }) => ({ labels: { type }, value })));
    backlogAge((queues ?? []).map(({ type, age_seconds: value }) => ({ labels: { type }, value })));
  };
}
