import pg from 'pg';

export type Listen = (payload: string) => void;
export interface Listener { on(channel: string, listen: Listen): () => void; /** Called after a connection came back: something may have been missed. */ onReturn(listen: () => void): () => void; stop(): Promise<void> }

const pauseMs = 500;

/** One connection of its own that LISTENs for the whole process, and comes back by itself. */
export function startListener(url: string): Listener {
  const channels = new Map<string, Set<Listen>>();
  const returns = new Set<() => void>();
  let client: pg.Client | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionString: url, application_name: 'trimtab listen', keepAlive: true });
    const lost = (): void => {
      if (client === fresh || client === null) { client = null; again(); }
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ channel, payload }) => { for (const listen of channels.get(channel) ?? []) listen(payload ?? ''); });
    await fresh.connect();
    for (const channel of channels.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = fresh;
    for (const listen of returns) listen();
  };
  const again = (): void => {
    if (stopped || timer) return;
    timer = setTimeout(() => { timer = null; void connect().catch(again); }, pauseMs);
  };
  void connect().catch(again);

  return {
    on(channel, listen) {
      const known = channels.get(channel);
      if (known) known.add(listen);
      else {
        channels.set(channel, new Set([listen]));
        void client?.query(`listen ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
      }
      return () => { channels.get(channel)?.delete(listen); };
    },
    onReturn(listen) {
      returns.add(listen);
      return () => { returns.delete(listen); };
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
