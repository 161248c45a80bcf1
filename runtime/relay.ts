import { randomUUID } from 'node:crypto';
import { messageOf } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import type { Listener } from '../src/store/listener.ts';
import { finishMessage, lease, postponeMessage, type Leased } from '../src/store/outbox-queue.ts';

/** Tells one message. Throw to be called again; `giveUpAfter` tries it is given up, null: never. */
export interface Topic { tell(message: Leased): Promise<void>; giveUpAfter: number | null }
export interface Relay { stop(): Promise<void> }

const batch = 50;
const pollMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Carries what Postgres decided to those who must be told (C8): at least once, once for a receiver that honours the id.
 * NOTIFY wakes it, a poll catches what a lost connection missed.
 */
export function startRelay(options: { db: Database; listener: Listener; topics: Readonly<Record<string, Topic>>; log(entry: Record<string, unknown>): void }): Relay {
  const { db, listener, topics, log } = options;
  let stopped = false;
  let wake: () => void = () => undefined;
  let woken = false;
  const ring = (): void => { woken = true; wake(); };
  const forget = [listener.on('trimtab_outbox', ring), listener.onReturn(ring)];

  const done = (async () => {
    while (!stopped) {
      woken = false;
      const messages = await lease(db, { token: randomUUID(), limit: batch, topics: Object.keys(topics) }).catch((error: unknown) => { log({ level: 'warn', relay: messageOf(error) }); return []; });
      await Promise.all(messages.map((message) => deliver(message)));
      if (messages.length > 0 || stopped || woken) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wake = () => { clearTimeout(timer); resolve(); };
        if (woken || stopped) wake();
      });
    }
  })();

  async function deliver(message: Leased): Promise<void> {
    const topic = topics[message.topic];
    try {
      await topic?.tell(message);
      await finishMessage(db, message);
    } catch (error) {
      const given = topic?.giveUpAfter ?? null;
      const final = given !== null && message.tries >= given;
      log({ level: 'warn', relay: message.topic, id: message.id, run_id: message.run_id, tries: message.tries, message: messageOf(error) });
      await postponeMessage(db, message, { error: messageOf(error), afterMs: final ? null : Math.min(longestPauseMs, 250 * 2 ** Math.min(message.tries, 10)) }).catch(() => undefined);
    }
  }

  return {
    async stop() {
      stopped = true;
      for (const each of forget) each();
      wake();
      await done;
    },
  };
}
