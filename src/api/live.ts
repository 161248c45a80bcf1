import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { TrimtabError } from '../errors.ts';
import type { LiveEvent } from '../shapes/event.ts';
import type { WhoAsks } from './access.ts';
import { onChange } from './changes.ts';
import type { ApiDependencies, ApiEnv } from './deps.ts';
import { route, type Api } from './route.ts';

const beatMs = 15_000;
/** A client that does not read is told to read its lists again instead. */
const mostWaiting = 1_000;

/** Server-sent events: what changed, never a value. After `missed` a client reads its lists again; `ended`: its session or key is over. */
export function liveRoutes(api: Api, deps: ApiDependencies, who: WhoAsks): void {
  route(
    api,
    {
      method: 'get',
      path: '/v1/events',
      summary: 'Changes of runs and reviews as server-sent events',
      scope: 'runs:read',
      tag: 'events',
      stream: true,
    },
    (context) => {
      context.header('x-accel-buffering', 'no');
      return streamSSE(context, (stream) => tell(stream, { deps, over: () => isOver(who, context) }));
    },
  );
}

async function tell(stream: SSEStreamingApi, { deps, over }: { deps: ApiDependencies; over(): Promise<boolean> }): Promise<void> {
  const waiting: { event: string; data: string }[] = [{ event: 'hello', data: '{}' }];
  let ended = false;
  let wake: () => void = () => undefined;
  const push = (event: string, data: unknown): void => {
    if (waiting.length >= mostWaiting) waiting.splice(0, Infinity, { event: 'missed', data: '{}' });
    else waiting.push({ event, data: JSON.stringify(data) });
    wake();
  };
  const look = async (): Promise<void> => {
    if (ended || !(await over())) return;
    ended = true;
    push('ended', {});
  };
  const forget = [
    onChange(
      deps.listener,
      (event: LiveEvent) => push(event.type, event),
      () => push('missed', {}),
    ),
    deps.listener.on('trimtab_access', () => void look()),
  ];
  // A session runs out by the clock, and a word from the database may be missed: look with every beat too.
  const beat = setInterval(() => {
    push('beat', {});
    void look();
  }, beatMs);
  stream.onAbort(() => wake());
  try {
    while (!stream.aborted && !stream.closed) {
      for (const message of waiting.splice(0)) await stream.writeSSE(message);
      if (ended && waiting.length === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length > 0 || stream.aborted) resolve();
      });
    }
  } finally {
    clearInterval(beat);
    for (const each of forget) each();
  }
}

/** Whether the session or the key that opened the stream is gone. A database that is away says nothing about that. */
async function isOver(who: WhoAsks, context: Context<ApiEnv>): Promise<boolean> {
  try {
    await who(context);
    return false;
  } catch (error) {
    return error instanceof TrimtabError && error.code === 'unauthorized';
  }
}
