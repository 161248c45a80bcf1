import { useSyncExternalStore } from 'react';
import { client } from './queries.ts';
import type { LiveEvent } from './shapes.ts';

export type LiveState = 'connecting' | 'live' | 'polling';

/** Without the stream the page asks every ten seconds, and says so. */
const pollMs = 10_000;
const reopenMs = 3_000;
let state: LiveState = 'connecting';
let source: EventSource | null = null;
let poll: ReturnType<typeof setInterval> | null = null;
let reopen: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();

function become(next: LiveState): void {
  if (next === 'polling') poll ??= setInterval(refreshAll, pollMs);
  else if (poll) {
    clearInterval(poll);
    poll = null;
  }
  if (state === next) return;
  const back = state === 'polling' && next === 'live';
  state = next;
  if (back) refreshAll();
  for (const listener of listeners) listener();
}

function refreshAll(): void {
  for (const key of ['reviews', 'review', 'runs', 'run', 'missing']) void client.invalidateQueries({ queryKey: [key] });
}

const pendingKeys = new Map<string, string[]>();
let flush: ReturnType<typeof setTimeout> | null = null;

/** A thousand runs at once tell us a thousand things: read each again once, not once a message. */
function changed(key: string[]): void {
  pendingKeys.set(key.join('/'), key);
  flush ??= setTimeout(() => {
    flush = null;
    const keys = [...pendingKeys.values()];
    pendingKeys.clear();
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  }, 120);
}

function take(message: MessageEvent<string>): void {
  let event: LiveEvent;
  try {
    event = JSON.parse(message.data) as LiveEvent;
  } catch {
    return;
  }
  if (event.type !== 'run' && event.type !== 'review') return;
  changed(['runs']);
  changed(['run', event.run_id]);
  if (event.type === 'review') {
    changed(['reviews']);
    changed(['review', event.id]);
  }
}

function open(): void {
  if (reopen) clearTimeout(reopen);
  source?.close();
  source = new EventSource('/v1/events');
  source.addEventListener('open', () => become('live'));
  for (const name of ['run', 'review']) source.addEventListener(name, take);
  source.addEventListener('missed', refreshAll);
  // The session is over: whoever asks who I am hears it, and the page says how to sign in.
  source.addEventListener('ended', () => void client.invalidateQueries({ queryKey: ['me'] }));
  source.addEventListener('error', () => {
    become('polling');
    // The browser reopens a broken stream by itself, but gives up for good when it was answered with an error.
    if (source?.readyState === EventSource.CLOSED) reopen = setTimeout(open, reopenMs);
  });
}

/** Follow the server's events. A hidden tab lets go of its connection: a browser opens only six to one server. Returns the stop. */
export function followEvents(): () => void {
  const seen = (): void => {
    if (document.visibilityState === 'visible') {
      if (!source) {
        open();
        refreshAll();
      }
    } else {
      source?.close();
      source = null;
    }
  };
  open();
  document.addEventListener('visibilitychange', seen);
  return () => {
    document.removeEventListener('visibilitychange', seen);
    if (reopen) clearTimeout(reopen);
    source?.close();
    source = null;
    become('connecting');
  };
}

export const useLive = (): LiveState =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
