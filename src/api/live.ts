import { streamSSE } from 'hono/streaming';
import type { LiveEvent } from '../shapes/event.ts';
import { onChange } from './changes.ts';
import type { ApiDependencies } from './deps.ts';
import { route, type Api } from './route.ts';

const beatMs = 15_000;
/** A client that does not read is told to read its lists again instead. */
const mostWaiting = 1_000;

/** Server-sent events: what changed, never a value. After `missed` a client reads its lists again. */
export function liveRoutes(api: Api, deps: ApiDependencies): void {
  route(
    api,
    { method: 'get', path: '/v1/events', summary: 'Changes of runs and reviews as server-sent events', scope: 'runs:read', tag: 'events' },
    (context) => {
      context.header('x-accel-buffering', 'no');
      return streamSSE(context, async (stream) => {
        const waiting: { event: string; data: string }[] = [{ event: 'hello', data: '{}' }];
        let wake: () => void = () => undefined;
        const push = (event: string, data: unknown): void => {
          if (waiting.length >= mostWaiting) waiting.splice(0, Infinity, { event: 'missed', data: '{}' });
          else waiting.push({ event, data: JSON.stringify(data) });
          wake();
        };
        const forget = onChange(
          deps.listener,
          (event: LiveEvent) => push(event.type, event),
          () => push('missed', {}),
        );
        const beat = setInterval(() => push('beat', {}), beatMs);
        stream.onAbort(() => {
          clearInterval(beat);
          forget();
          wake();
        });
        while (!stream.aborted && !stream.closed) {
          for (const message of waiting.splice(0)) await stream.writeSSE(message);
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (waiting.length > 0 || stream.aborted) resolve();
          });
        }
      });
    },
  );
}
