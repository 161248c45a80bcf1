import type { Listener } from '../store/listener.ts';
import { LiveEvent } from '../shapes/event.ts';

/** Hear what changes in runs and reviews. Returns how to stop. `missed` is called when the connection was away. */
export function onChange(listener: Listener, hear: (event: LiveEvent) => void, missed: () => void = () => undefined): () => void {
  const stop = listener.on('trimtab_events', (payload) => {
    const event = eventOf(payload);
    if (event) hear(event);
  });
  const forget = listener.onReturn(missed);
  return () => {
    stop();
    forget();
  };
}

/** Whoever reaches the database may NOTIFY: what is no event of ours is nothing. */
function eventOf(payload: string): LiveEvent | null {
  try {
    return LiveEvent.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
