import type { Listener } from '../store/listener.ts';
import { LiveEvent } from '../shapes/event.ts';

/** Hear what changes in runs and reviews. Returns how to stop. `missed` is called when the connection was away. */
export function onChange(listener: Listener, hear: (event: LiveEvent) => void, missed: () => void = () => undefined): () => void {
  const stop = listener.on('trimtab_events', (payload) => {
    const parsed = LiveEvent.safeParse(JSON.parse(payload || 'null'));
    if (parsed.success) hear(parsed.data);
  });
  const forget = listener.onReturn(missed);
  return () => { stop(); forget(); };
}
