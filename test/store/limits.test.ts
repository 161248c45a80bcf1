import { describe, expect, it } from 'vitest';
import { createLimiter, type Limiter } from '../../src/providers/limiter.ts';
import { TrimtabError } from '../../src/errors.ts';
import type { AccountLimits } from '../../src/shapes/limit.ts';
import type { Database } from '../../src/store/database.ts';
import { admit, release } from '../../src/store/limits.ts';
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
    store: { admit: (request) => held(() => admit(db, request)), release: (end) => held(() => release(db, end)) },
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
    const minutes = 3;
    const of = { clock, until: start + minutes * 60_000, log: [] as Started[] };
    const [one, two] = [
      worker(db, { clock, limits: { requests_per_minute: 120 } }),
      worker(db, { clock, limits: { requests_per_minute: 120 } }),
    ];
    const many = (count: number, limiter: Limiter, more: { chain: string; call_ms: number; rest_ms?: number }): Promise<void>[] =>
      Array.from({ length: count }, () => client(limiter, { ...of, ...more }));
    await Promise.all([
      ...many(25, one, { chain: 'greedy', call_ms: 2_000 }),
      ...many(8, one, { chain: 'both', call_ms: 2_000 }),
      ...many(8, two, { chain: 'both', call_ms: 2_000 }),
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
    expect(shares.rare).toBeGreaterThanOrEqual(7);
    expect(Math.max(...within.filter(({ chain }) => chain === 'rare').map(({ waited }) => waited))).toBeLessThanOrEqual(12_000);
  });
});
