import pg from 'pg';

type Listen = (payload: string) => void;
export interface Listener {
  on(channel: string, listen: Listen): () => void;
  /** Called after a connection came back: something may have been missed. */ onReturn(listen: () => void): () => void;
  stop(): Promise<void>;
}

const pauseMs = 500;
/** Nothing is asked on this connection, so only a question shows that somebody is still there. */
const beatMs = 10_000;

/** One connection of its own that LISTENs for the whole process, and comes back by itself. */
export function startListener(url: string, options: { beatMs?: number } = {}): Listener {
  const channels = new Map<string, Set<Listen>>();
  const returns = new Set<() => void>();
  let client: pg.Client | null = null;
  /** The client, once it listens to all that was asked for before. One statement at a time is asked of it. */
  let ready: pg.Client | null = null;
  let asked: Promise<unknown> = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;

  const attempt = async (fresh: pg.Client): Promise<void> => {
    fresh.on('notification', ({ channel, payload }) => {
      for (const listen of channels.get(channel) ?? []) listen(payload ?? '');
    });
    await fresh.connect();
    for (const channel of channels.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    if (stopped || client !== fresh) return;
    ready = fresh;
    for (const listen of returns) listen();
  };
  const connect = (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'trimtab listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      query_timeout: options.beatMs ?? beatMs,
    });
    client = fresh;
    let beat: NodeJS.Timeout | null = null;
    const lost = (): void => {
      if (client !== fresh) return;
      client = null;
      ready = null;
      if (beat) clearInterval(beat);
      void fresh.end().catch(() => undefined);
      if (!stopped)
        timer = setTimeout(() => {
          connecting = connect();
        }, pauseMs);
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    return attempt(fresh)
      .then(() => {
        if (client === fresh && !stopped) beat = setInterval(() => void fresh.query('select 1').catch(lost), options.beatMs ?? beatMs);
      })
      .catch(lost);
  };
  let connecting = connect();

  return {
    on(channel, listen) {
      const known = channels.get(channel);
      if (known) known.add(listen);
      else {
        channels.set(channel, new Set([listen]));
        // While it connects, what it connects for hears of this one too.
        asked = asked.then(() => ready?.query(`listen ${pg.escapeIdentifier(channel)}`)).catch(() => undefined);
      }
      return () => {
        channels.get(channel)?.delete(listen);
      };
    },
    onReturn(listen) {
      returns.add(listen);
      return () => {
        returns.delete(listen);
      };
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
