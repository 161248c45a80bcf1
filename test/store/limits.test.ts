import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLimiter, type Limiter } from '../../src/providers/limiter.ts';
import { TrimtabError } from '../../src/errors.ts';
import type { AccountLimits, GrantEnd, WaitingCall } from '../../src/shapes/limit.ts';
import type { Database } from '../../src/store/database.ts';
import { admit, release, renew } from '../../src/store/limits.ts';
import { createClock, type VirtualClock } from '../../testing/clock.ts';
import { testDatabase } from '../stack/database.ts';

/** A worker's limiter: its own process, the shared Postgres, and the clock of the test, which stands while Postgres is asked. */
function worker(db: Database, { clock, limits }: { clock: VirtualClock; limits: AccountLimits }): Limiter {
  const held = async <T>(work: () => Promise<T>): Promise<T> => {
    const go = clock.hold();
    return work().finally(go);
  };
  return createLimiter({
    limits: { openai: limits },
    clock,
    store: {
      admit: (request) => held(() => admit(db, request)),
      release: (end) => held(() => release(db, end)),
      renew: (renewal) => held(() => renew(db, renewal)),
    },
  });
}

interface Started {
  chain: string;
  at: number;
  waited: number;
}

/** A client of a chain: asks, calls for `call_ms`, and asks again. A call that is sent away comes back when it was told to, as Temporal does. */
async function client(
  limiter: Limiter,
  of: { chain: string; call_ms: number; rest_ms?: number; tokens?: number; clock: VirtualClock; until: number; log: Started[] },
): Promise<void> {
  const { chain, call_ms, clock, until, log } = of;
  while (clock.now() < until) {
    const since = clock.now();
    for (;;) {
      try {
        const permit = await limiter.enter({
          account: 'openai',
          chain,
          tokens: () => of.tokens ?? 0,
          timeout_ms: 60_000,
          signal: new AbortController().signal,
        });
        log.push({ chain, at: clock.now(), waited: clock.now() - since });
        await clock.sleep(call_ms);
        await permit.leave({ tokens: null, pause_ms: null, heard: null });
        break;
      } catch (error) {
        if (!(error instanceof TrimtabError) || error.code !== 'rate_limited') throw error;
        await clock.sleep((error.retryAfterSeconds ?? 1) * 1_000);
        if (clock.now() >= until) return;
      }
    }
    await clock.sleep(of.rest_ms ?? 0);
  }
}

const mostInWindow = (times: readonly number[], window: number): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + window).length));

describe('limits that all workers share', () => {
  it('hold in every minute, are used up, and starve no chain: two workers, four chains, 120 a minute', async () => {
    const { db } = await testDatabase({ max: 4 });
    const clock = createClock();
    const start = clock.now();
    const minutes = 2;
    const of = { clock, until: start + minutes * 60_000, log: [] as Started[] };
    const [one, two] = [
      worker(db, { clock, limits: { requests_per_minute: 120 } }),
      worker(db, { clock, limits: { requests_per_minute: 120 } }),
    ];
    const many = (count: number, limiter: Limiter, more: { chain: string; call_ms: number; rest_ms?: number }): Promise<void>[] =>
      Array.from({ length: count }, () => client(limiter, { ...of, ...more }));
    await Promise.all([
      ...many(12, one, { chain: 'greedy', call_ms: 2_000 }),
      ...many(6, one, { chain: 'both', call_ms: 2_000 }),
      ...many(6, two, { chain: 'both', call_ms: 2_000 }),
      ...many(6, two, { chain: 'small', call_ms: 5_000 }),
      ...many(1, two, { chain: 'rare', call_ms: 1_000, rest_ms: 14_000 }),
    ]);
    const within = of.log.filter(({ at }) => at < of.until);
    const times = within.map(({ at }) => at);
    const count = (chain: string): number => within.filter((each) => each.chain === chain).length;
    const shares = { total: times.length, greedy: count('greedy'), both: count('both'), small: count('small'), rare: count('rare') };
    console.log(`    ${minutes} minutes: ${JSON.stringify(shares)}, most in 60 s: ${mostInWindow(times, 60_000)}`);
    expect(mostInWindow(times, 60_000)).toBeLessThanOrEqual(120);
    expect(times.length).toBeGreaterThanOrEqual(0.9 * 120 * minutes);
    expect(Math.abs(shares.greedy - shares.both)).toBeLessThanOrEqual(0.15 * shares.both);
    // Its six clients have a call each in every ten seconds.
    expect(shares.small).toBeGreaterThanOrEqual(0.85 * 6 * 6 * minutes);
    expect(shares.rare).toBeGreaterThanOrEqual(4);
    expect(Math.max(...within.filter(({ chain }) => chain === 'rare').map(({ waited }) => waited))).toBeLessThanOrEqual(12_000);
  }, 120_000);
});

describe('one account', () => {
  const start = Date.UTC(2026, 0, 1);
  let names = 0;
  /** An account of its own, its processes, and the time in seconds. */
  function account(db: Database, limits: AccountLimits) {
    const name = `account-${(names += 1)}`;
    const processes = [randomUUID(), randomUUID()];
    let now = start;
    const at = (seconds: number) => (now = start + seconds * 1_000);
    const ask = async (calls: (Partial<WaitingCall> & { chain?: string })[], process = 0) => {
      const waiting = calls.map((call) => ({ id: randomUUID(), chain: 'a', tokens: 0, timeout_ms: 60_000, ...call }));
      const admission = await admit(db, { account: name, process: processes[process] as string, limits, waiting, now });
      return { ...admission, chains: admission.granted.map((id) => waiting.find((call) => call.id === id)?.chain) };
    };
    const end = (id: string | undefined, more: Partial<GrantEnd> = {}) =>
      release(db, { id: id ?? '', account: name, tokens: null, pause_ms: null, heard: null, now, ...more });
    return { name, at, ask, end };
  }
  let db: Database;
  beforeAll(async () => {
    ({ db } = await testDatabase());
  });
  const many = (count: number, call: Partial<WaitingCall> = {}) => Array.from({ length: count }, () => call);

  it('lets no more calls run at a time than its limit, and a lost worker’s call ends by itself', async () => {
    const { at, ask, end } = account(db, { concurrency: 3 });
    const { granted } = await ask(many(5));
    expect(granted).toHaveLength(3);
    expect((await ask(many(2), 1)).granted).toHaveLength(0);
    await end(granted[0]);
    const last = await ask(many(2), 1);
    expect(last.granted).toHaveLength(1);
    await renew(db, { ids: last.granted, now: at(20) });
    at(31);
    expect((await ask(many(5), 1)).granted, 'two were never heard of again').toHaveLength(2);
  });

  it('counts tokens by estimate before a call and as they were after it, and does not let small calls pass a big one', async () => {
    const { at, ask, end } = account(db, { tokens_per_minute: 1_000 });
    const first = await ask([{ tokens: 800 }, { tokens: 300 }, { tokens: 10 }]);
    expect(first.granted).toHaveLength(1);
    await end(first.granted[0], { tokens: 100 });
    expect((await ask([{ tokens: 800 }, { tokens: 300 }])).granted).toHaveLength(1);
    at(62);
    expect((await ask([{ tokens: 5_000 }])).granted, 'more than a minute holds goes when nothing else has gone').toHaveLength(1);
    expect((await ask([{ tokens: 10 }])).granted).toHaveLength(0);
  });

  it('lets a sixth of a minute’s calls go at once, so that who comes late waits ten seconds', async () => {
    const { at, ask } = account(db, { requests_per_minute: 60 });
    const { granted, again_ms } = await ask(many(100, { chain: 'early' }));
    expect([granted.length, again_ms]).toEqual([10, 2_000]);
    at(5);
    expect((await ask(many(1, { chain: 'late' }), 1)).granted).toHaveLength(0);
    at(11);
    const both = await Promise.all([ask(many(100, { chain: 'early' })), ask(many(1, { chain: 'late' }), 1)]);
    expect(both.flatMap(({ chains }) => chains).filter((chain) => chain === 'late')).toHaveLength(1);
  });

  it('keeps places for a chain that waits elsewhere, until that process is gone', async () => {
    const { at, ask } = account(db, { requests_per_minute: 60 });
    await ask(many(10, { chain: 'a' }));
    at(8);
    await ask(many(10, { chain: 'b' }), 1);
    at(10.2);
    expect((await ask(many(10, { chain: 'a' }))).granted, 'all ten places fall to the other chain').toHaveLength(0);
    expect((await ask(many(4, { chain: 'b' }), 1)).granted).toHaveLength(4);
    expect((await ask(many(10, { chain: 'a' }))).granted).toHaveLength(6);
    at(15);
    await ask(many(10, { chain: 'b' }), 1);
    at(20.4);
    expect((await ask(many(10, { chain: 'a' }))).granted, 'b had 4 of 20, and waits').toHaveLength(0);
    at(31);
    expect((await ask(many(10, { chain: 'a' }))).granted, 'b has not asked for ten seconds').toHaveLength(10);
  });

  it('stays away as long as the provider asks, all workers together', async () => {
    const { at, ask, end } = account(db, { concurrency: 10 });
    const { granted } = await ask(many(1));
    await end(granted[0], { pause_ms: 7_000, tokens: 0 });
    expect(await ask(many(1), 1)).toMatchObject({ granted: [], again_ms: 2_000 });
    at(7.1);
    expect((await ask(many(1), 1)).granted).toHaveLength(1);
  });

  it('keeps under what the provider says it has left, and counts what comes back', async () => {
    const { at, ask, end } = account(db, { requests_per_minute: 6_000 });
    const { granted } = await ask(many(1));
    // 2 of 10 are left; in 40 s it is full, so one comes back every 5 s.
    await end(granted[0], { heard: { requests: { limit: 10, left: 2, full_ms: 40_000 }, tokens: null } });
    at(1);
    expect((await ask(many(9))).granted).toHaveLength(2);
    at(11);
    expect((await ask(many(9))).granted).toHaveLength(2);
    at(41);
    expect((await ask(many(9))).granted, 'what was said is over').toHaveLength(9);
  });
});

describe('a call that waits', () => {
  const limits = { concurrency: 1 };
  const entering = (signal = new AbortController().signal) => ({
    account: 'openai',
    chain: 'a',
    tokens: () => 0,
    timeout_ms: 60_000,
    signal,
  });

  it('is sent away when its patience is over, and told when to come again', async () => {
    const { db } = await testDatabase({ max: 4 });
    const clock = createClock();
    const limiter = worker(db, { clock, limits });
    await limiter.enter(entering());
    const since = clock.now();
    await expect(limiter.enter(entering())).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 0.25 });
    expect(clock.now() - since).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - since).toBeLessThan(12_000);
  });

  it('goes at once when a place is free, and leaves its place when it is cancelled', async () => {
    const { db } = await testDatabase({ max: 4 });
    const clock = createClock();
    const limiter = worker(db, { clock, limits });
    const first = await limiter.enter(entering());
    const caller = new AbortController();
    const cancelled = limiter.enter(entering(caller.signal));
    caller.abort(new Error('never mind'));
    await expect(cancelled).rejects.toThrow('never mind');
    const next = limiter.enter(entering());
    await first.leave({ tokens: null, pause_ms: null, heard: null });
    await (await next).leave({ tokens: null, pause_ms: null, heard: null });
    await (await limiter.enter(entering())).leave({ tokens: null, pause_ms: null, heard: null });
    const running = await sql<{ count: number }>`select count(*)::int as count from provider_grants where not done`.execute(db);
    expect(running.rows[0]?.count).toBe(0);
  });

  it('gets the place of a lost worker within half a minute, and not that of one that takes its time', async () => {
    const { db } = await testDatabase({ max: 4 });
    const clock = createClock();
    const slow = await worker(db, { clock, limits }).enter({ ...entering(), timeout_ms: 300_000 });
    const other = worker(db, { clock, limits });
    await clock.sleep(120_000);
    await expect(other.enter(entering()), 'it is still under way').rejects.toMatchObject({ code: 'rate_limited' });
    await slow.leave({ tokens: null, pause_ms: null, heard: null });
    // A worker that asks and is never heard of again.
    const lost: WaitingCall = { id: randomUUID(), chain: 'a', tokens: 0, timeout_ms: 300_000 };
    const asked = { account: 'openai', process: randomUUID(), limits, waiting: [lost], now: clock.now() };
    expect((await admit(db, asked)).granted).toEqual([lost.id]);
    await clock.sleep(25_000);
    await (await other.enter(entering())).leave({ tokens: null, pause_ms: null, heard: null });
  });

  it('does not wait for an account without limits', async () => {
    const limiter = createLimiter({
      limits: {},
      store: { admit: () => Promise.reject(new Error('asked')), release: async () => undefined, renew: async () => undefined },
    });
    await (await limiter.enter(entering())).leave({ tokens: null, pause_ms: null, heard: null });
  });
});
