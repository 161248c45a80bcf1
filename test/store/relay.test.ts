import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRelay, type Topic } from '../../runtime/relay.ts';
import type { Database } from '../../src/store/database.ts';
import { startListener, type Listener } from '../../src/store/listener.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { finishMessage, lease, postponeMessage, renewLeases, type Leased } from '../../src/store/outbox-queue.ts';
import { testDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';

let db: Database;
let listener: Listener;
beforeAll(async () => {
  // One connection: what a relay has asked before a test's own statement is answered before it.
  const database = await testDatabase({ max: 1 });
  db = database.db;
  listener = startListener(database.url);
});
afterAll(() => listener.stop());
beforeEach(async () => {
  await db.deleteFrom('outbox').execute();
});

const topics = ['temporal.start', 'temporal.decision', 'temporal.cancel', 'webhook'];
const take = (limit = 50): Promise<Leased[]> => lease(db, { token: randomUUID(), limit, topics });
const put = (topic: 'temporal.start' | 'temporal.decision' | 'temporal.cancel' | 'webhook', run_id: string | null, dedupe?: string) =>
  enqueue(db, { topic, run_id, payload: { n: run_id }, ...(dedupe ? { dedupe } : {}) });
/** What the clock would do: whoever held the messages is silent for longer than a lease. */
const leaseRunsOut = () => sql`update outbox set lease_until = now() - interval '1 second' where lease_until is not null`.execute(db);
const rows = () => db.selectFrom('outbox').selectAll().orderBy('id').execute();
const relay = (with_: Record<string, Partial<Topic> & Pick<Topic, 'tell'>>) => {
  const started = startRelay({
    db,
    listener,
    log: () => undefined,
    topics: Object.fromEntries(Object.entries(with_).map(([name, topic]) => [name, { giveUpAfter: null, ...topic }])),
  });
  onTestFinished(() => started.stop());
  return started;
};

describe('a lease', () => {
  it('of starts takes from the chains in turn, so that a flood of one does not hold up another', async () => {
    const start = (run_id: string, chain: string) =>
      enqueue(db, { topic: 'temporal.start', run_id, payload: { run_id, chain, input: null } });
    for (let n = 0; n < 30; n += 1) await start(`flood_${n}`, 'flood');
    for (let n = 0; n < 3; n += 1) await start(`late_${n}`, 'late');
    await start('other_0', 'other');
    const leased = async (limit: number) =>
      (await lease(db, { token: randomUUID(), limit, topics: ['temporal.start'] })).map((message) => message.run_id);
    expect(await leased(5)).toEqual(['flood_0', 'flood_1', 'late_0', 'late_1', 'other_0']);
    expect(await leased(2)).toEqual(['flood_2', 'late_2']);
    expect(await leased(50)).toHaveLength(27);
    expect(await leased(50)).toEqual([]);
  });

  it('of a start waits for what is to be told before it', async () => {
    await put('temporal.cancel', 'run_1');
    await enqueue(db, { topic: 'temporal.start', run_id: 'run_1', payload: { run_id: 'run_1', chain: 'a' } });
    expect(await lease(db, { token: randomUUID(), limit: 5, topics: ['temporal.start'] })).toEqual([]);
  });

  it('is given to one of two', async () => {
    for (let n = 0; n < 20; n += 1) await put('temporal.start', `run_${n}`);
    const taken = await Promise.all(Array.from({ length: 5 }, () => take(20)));
    const ids = taken.flat().map((message) => message.id);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('of a relay that was killed runs out, and the late finisher changes nothing', async () => {
    await put('temporal.start', 'run_1');
    const [dead] = await take();
    expect(await take()).toEqual([]);
    await leaseRunsOut();
    const [heir] = await take();
    expect(heir).toMatchObject({ id: dead?.id });
    await finishMessage(db, dead!);
    await postponeMessage(db, dead!, { error: 'late', afterMs: null });
    expect(await rows()).toMatchObject([{ done_at: null, failed_at: null, last_error: null, lease_token: heir?.token }]);
    await finishMessage(db, heir!);
    expect((await rows())[0]?.done_at).not.toBeNull();
  });

  it('of a relay that was killed is no try: pauses grow, and messages are given up, by failures alone', async () => {
    await put('webhook', 'run_1');
    for (let kills = 0; kills < 5; kills += 1) {
      await take();
      await leaseRunsOut();
    }
    const [first] = await take();
    await postponeMessage(db, first!, { error: 'it answered 503', afterMs: 0 });
    const [second] = await take();
    expect([first?.tries, second?.tries]).toEqual([1, 2]);
    await finishMessage(db, second!);
    expect((await rows())[0]?.tries).toBe(2);
  });

  it('that is renewed does not run out; a lost one cannot be renewed', async () => {
    await put('temporal.start', 'run_1');
    const [slow] = await take();
    await leaseRunsOut();
    await renewLeases(db, [slow!]);
    expect(await take()).toEqual([]);
    await leaseRunsOut();
    const [heir] = await take();
    await leaseRunsOut();
    await renewLeases(db, [slow!]);
    expect((await take()).map((message) => message.id)).toEqual([heir?.id]);
  });

  it('keeps the order of one run and holds up no other', async () => {
    await put('temporal.start', 'run_1');
    await put('temporal.decision', 'run_1');
    await put('temporal.start', 'run_2');
    const first = await take();
    expect(first.map(({ topic, run_id }) => [topic, run_id])).toEqual([
      ['temporal.start', 'run_1'],
      ['temporal.start', 'run_2'],
    ]);
    await finishMessage(db, first[0]!);
    expect((await take()).map(({ topic, run_id }) => [topic, run_id])).toEqual([['temporal.decision', 'run_1']]);
  });
});

describe('the relay', () => {
  it('tells what was enqueued before and after it started, a fact once', async () => {
    await put('temporal.start', 'run_1', 'start:run_1');
    await put('temporal.start', 'run_1', 'start:run_1');
    const told: (string | null)[] = [];
    relay({
      'temporal.start': {
        tell: async (message) => {
          told.push(message.run_id);
        },
      },
    });
    await until(async () => told.length > 0);
    await put('temporal.start', 'run_2');
    await until(async () => told.length > 1);
    expect(told).toEqual(['run_1', 'run_2']);
  });

  it('takes over what a killed relay held', async () => {
    await put('temporal.start', 'run_1');
    await take();
    await leaseRunsOut();
    const told: (string | null)[] = [];
    relay({
      'temporal.start': {
        tell: async (message) => {
          told.push(message.run_id);
        },
      },
    });
    await until(async () => (await rows())[0]?.done_at);
    expect(told).toEqual(['run_1']);
  });

  it('tries again until it is heard', async () => {
    await put('temporal.cancel', 'run_1');
    let calls = 0;
    relay({
      'temporal.cancel': {
        pauseMs: () => 0,
        tell: async () => {
          calls += 1;
          if (calls < 4) throw new Error('away');
        },
      },
    });
    await until(async () => (await rows())[0]?.done_at);
    expect(await rows()).toMatchObject([{ tries: 4, last_error: null }]);
  });

  it('gives up where it is told to, and keeps why', async () => {
    await put('webhook', null);
    relay({
      webhook: {
        giveUpAfter: 3,
        pauseMs: () => 0,
        tell: async () => {
          throw new Error('nobody home');
        },
      },
    });
    await until(async () => (await rows())[0]?.failed_at);
    expect(await rows()).toMatchObject([{ tries: 3, last_error: 'nobody home', done_at: null }]);
  });

  it('lets a receiver that hangs hold up nobody else', async () => {
    let free: () => void = () => undefined;
    const hangs = new Promise<void>((resolve) => {
      free = resolve;
    });
    const told: (string | null)[] = [];
    // More than all the places of its lane.
    await Promise.all(Array.from({ length: 60 }, () => put('webhook', 'run_1')));
    const started = relay({
      webhook: { lane: 'webhooks', tell: () => hangs },
      'temporal.start': {
        tell: async (message) => {
          told.push(message.run_id);
        },
      },
    });
    await until(async () => (await rows()).filter((row) => row.lease_until !== null).length === 50);
    await put('temporal.start', 'run_2');
    await until(async () => told.length === 1);
    expect(told).toEqual(['run_2']);
    free();
    await started.stop();
  });

  it('goes on with the rest while one message of a lane hangs', async () => {
    let free: () => void = () => undefined;
    const hangs = new Promise<void>((resolve) => {
      free = resolve;
    });
    await put('webhook', 'run_slow');
    const told: (string | null)[] = [];
    relay({
      webhook: {
        tell: async (message) => {
          if (message.run_id === 'run_slow') await hangs;
          else told.push(message.run_id);
        },
      },
    });
    await until(async () => (await rows())[0]?.lease_until);
    await put('webhook', 'run_quick');
    await until(async () => told.length === 1);
    free();
    expect(told).toEqual(['run_quick']);
  });

  it('finishes what is under way before it stops, and takes nothing more', async () => {
    await put('temporal.start', 'run_1');
    let free: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      free = resolve;
    });
    const started = relay({ 'temporal.start': { tell: () => slow } });
    await until(async () => (await rows())[0]?.lease_until);
    const stopping = started.stop();
    await put('temporal.start', 'run_2');
    free();
    await stopping;
    expect((await rows()).map((row) => row.done_at !== null)).toEqual([true, false]);
  });
});
