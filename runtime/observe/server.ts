import type { WatchedRequest } from '../../src/api/watch.ts';
import type { Leased } from '../../src/store/outbox-queue.ts';
import type { Log } from '../log.ts';
import type { Topic } from '../relay.ts';
import type { Tracing } from './tracing.ts';

/** One line a request (reads at debug), and a span for what changes a run. */
export const watchedRequest =
  ({ tracing, log }: { tracing: Tracing; log: Log }) =>
  (request: WatchedRequest): void => {
    const { method, route, status, run_id, start, end, request_id } = request;
    const reads = method === 'GET' || method === 'HEAD';
    log({
      level: status >= 500 ? 'warn' : reads ? 'debug' : 'info',
      msg: 'request',
      method,
      route,
      status,
      ms: end - start,
      request_id,
      ...(run_id === null ? {} : { run_id }),
    });
    if (run_id === null || reads) return;
    tracing.ended(run_id, {
      name: `${method} ${route}`,
      kind: 'server',
      start,
      end,
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'trimtab.request.id': request_id,
      },
      caused_by: request.traceparent,
      error: status >= 500 ? String(status) : undefined,
    });
  };

/** A span for every message about a run that got through; what did not is in the relay's log. */
export const watchTopics = (topics: Readonly<Record<string, Topic>>, tracing: Tracing): Record<string, Topic> =>
  Object.fromEntries(Object.entries(topics).map(([name, topic]) => [name, tracing.on ? watched(name, topic, tracing) : topic]));

const watched = (name: string, topic: Topic, tracing: Tracing): Topic => ({
  ...topic,
  async tell(message: Leased) {
    const start = Date.now();
    await topic.tell(message);
    if (message.run_id === null) return;
    tracing.ended(message.run_id, {
      name: `tell ${name}`,
      kind: 'producer',
      start,
      end: Date.now(),
      attributes: { 'trimtab.outbox.topic': name, 'trimtab.outbox.id': String(message.id), 'trimtab.outbox.tries': message.tries },
    });
  },
});
