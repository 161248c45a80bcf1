import { randomUUID } from 'node:crypto';
import { messageOf } from '../src/errors.ts';
import { createBell } from '../src/store/bell.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import type { Database } from '../src/store/database.ts';
import type { Listener } from '../src/store/listener.ts';
import { gatherStarts } from './gather-starts.ts';
import { finishMessage, lease, postponeMessage, renewLeases, type Leased } from '../src/store/outbox-queue.ts';

/**
 * Tells one message. Throw to be called again after `pauseMs(tries)`; after `giveUpAfter` tries it is given up, null: never.
 * Topics of one `lane` share their places under way, so that a receiver that hangs holds up nobody in another lane.
 */
export interface Topic {
  tell(message: Leased): Promise<void>;
  giveUpAfter: number | null;
  lane?: string;
  pauseMs?(tries: number): number;
}
export interface Relay {
  stop(): Promise<void>;
}
export interface RelayOptions {
  db: Database;
  listener: Listener;
  topics: Readonly<Record<string, Topic>>;
  log(entry: Record<string, unknown>): void;
}

/** Messages under way at once in a lane. */
const places = 50;
const pollMs = 1_000;
/** A third of the lease, so that one late renewal loses nothing. */
const renewMs = 5_000;
const longestPauseMs = 60_000;
const soon = (tries: number): number => Math.min(longestPauseMs, 250 * 2 ** Math.min(tries, 10));

/**
 * Carries what Postgres decided to those who must be told (C8): at least once, once for a receiver that honours the id.
 * NOTIFY wakes it, a poll catches what a lost connection missed. Stopping waits for what is under way.
 */
export function startRelay(options: RelayOptions): Relay {
  const laneOf = (name: string): string => options.topics[name]?.lane ?? '';
  const names = Object.keys(options.topics);
  const lanes = [...new Set(names.map(laneOf))].map((lane) =>
    startLane(
      options,
      names.filter((name) => laneOf(name) === lane),
    ),
  );
  return {
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

function startLane({ db, listener, topics, log }: RelayOptions, names: string[]): Relay {
  const underWay = new Map<Leased, Promise<void>>();
  const gathered = gatherStarts(db);
  let stopped = false;
  const bell = createBell();
  const hear = (topics: string): void => {
    if (topics === '' || topics.split(' ').some((topic) => names.includes(topic))) bell.ring();
  };
  const forget = [listener.on('trimtab_outbox', hear), listener.onReturn(bell.ring)];
  const warn = (entry: Record<string, unknown>): void => log({ level: 'warn', ...entry });

  async function take(): Promise<void> {
    const room = places - underWay.size;
    if (room === 0) return;
    const leased = await lease(db, { token: randomUUID(), limit: room, topics: names });
    for (const message of await gathered(leased, [...underWay.keys()])) {
      crashPoint('relay.leased');
      underWay.set(
        message,
        deliver(db, { message, topic: topics[message.topic], warn }).finally(() => {
          underWay.delete(message);
          bell.ring();
        }),
      );
    }
  }
  const renewal = setInterval(() => {
    if (underWay.size > 0)
      void renewLeases(db, [...underWay.keys()]).catch((error: unknown) => warn({ msg: 'the outbox cannot be read', error }));
  }, renewMs);
  const done = (async () => {
    while (!stopped) {
      await take().catch((error: unknown) => warn({ msg: 'the outbox cannot be read', error }));
      await bell.heardWithin(pollMs);
    }
    await Promise.all(underWay.values());
    clearInterval(renewal);
  })();

  return {
    async stop() {
      stopped = true;
      for (const each of forget) each();
      bell.ring();
      await done;
    },
  };
}

async function deliver(
  db: Database,
  { message, topic, warn }: { message: Leased; topic: Topic | undefined; warn(entry: Record<string, unknown>): void },
): Promise<void> {
  try {
    await topic?.tell(message);
    crashPoint('relay.told');
    await finishMessage(db, message);
    crashPoint('relay.finished');
  } catch (error) {
    const limit = topic?.giveUpAfter ?? null;
    const afterMs = limit !== null && message.tries >= limit ? null : (topic?.pauseMs ?? soon)(message.tries);
    warn({ msg: 'message not told', topic: message.topic, id: message.id, run_id: message.run_id, tries: message.tries, error });
    // Left under its lease it comes back by itself.
    await postponeMessage(db, message, { error: messageOf(error), afterMs }).catch(() => undefined);
    crashPoint('relay.postponed');
  }
}
