import { expect, it } from 'vitest';
import { startGate } from '../../src/api/start-gate.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('lets twelve in, then the chains in turn: who floods one does not hold up another', async () => {
  const gate = startGate();
  const entered: string[] = [];
  const leave: (() => void)[] = [];
  const start = (chain: string) =>
    gate.pass(chain, async () => {
      entered.push(chain);
      await new Promise<void>((resolve) => leave.push(resolve));
    });
  for (let n = 0; n < 30; n += 1) void start('flood');
  void start('other');
  await settled();
  expect(entered).toEqual(Array.from({ length: 12 }, () => 'flood'));
  leave.shift()?.();
  leave.shift()?.();
  await settled();
  expect(entered.slice(12)).toEqual(['flood', 'other']);
});

it('refuses a start that would wait longer than five seconds, and says when it is worth trying', async () => {
  let now = 0;
  const gate = startGate(() => now);
  const slow = async () => void (now += 100_000);
  for (let n = 0; n < 100; n += 1) await gate.pass('slow', slow);
  const leave: (() => void)[] = [];
  const held = () => gate.pass('slow', () => new Promise<void>((resolve) => leave.push(resolve)));
  const asked = Array.from({ length: 20 }, () =>
    held().then(
      () => null,
      (error: unknown) => error,
    ),
  );
  await settled();
  const last = await asked[19];
  expect(last).toMatchObject({ code: 'rate_limited', retryAfterSeconds: expect.any(Number) });
  expect((last as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(5);
});

it('gives the place back when the work throws', async () => {
  const gate = startGate();
  for (let n = 0; n < 30; n += 1) await expect(gate.pass('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.pass('a', async () => 'in')).toBe('in');
});

it('tells refused starts to come one after another, as fast as it lets them in, and within a minute', async () => {
  let now = 0;
  const gate = startGate(() => now);
  for (let n = 0; n < 200; n += 1) await gate.pass('slow', async () => void (now += 1_200));
  const never = () => new Promise<void>(() => undefined);
  const told: number[] = [];
  const ask = (): Promise<void> => gate.pass('slow', never).catch(({ retryAfterSeconds }) => void told.push(retryAfterSeconds));
  for (let n = 0; n < 1_000; n += 1) void ask();
  await settled();
  // A start takes 1.2 s and twelve are under way: one every 100 ms.
  expect(told.length).toBeGreaterThan(900);
  expect(told.toSorted((a, b) => a - b)).toEqual(told);
  for (const second of [10, 20, 30, 40, 50]) expect(told.filter((seconds) => seconds === second)).toHaveLength(10);
  expect(told.at(-1)).toBe(60);
  now += 60_000;
  const later: number[] = [];
  await gate.pass('slow', never).catch(({ retryAfterSeconds }) => void later.push(retryAfterSeconds));
  expect(later[0]).toBeLessThan(10);
});

it('does not take the first starts of a flood, which are done late, for the pace of all: who comes then is not sent away for a minute', async () => {
  let now = 0;
  const gate = startGate(() => now);
  const leave: (() => void)[] = [];
  const told: number[] = [];
  const ask = (): Promise<void> =>
    gate
      .pass('flood', () => new Promise<void>((resolve) => leave.push(resolve)))
      .catch(({ retryAfterSeconds }) => void told.push(retryAfterSeconds));
  for (let n = 0; n < 600; n += 1) void ask();
  await settled();
  expect([leave.length, told.length]).toEqual([12, 88]);
  now += 15_000;
  for (let n = 0; n < 100; n += 1) {
    leave.shift()?.();
    await settled();
    if (n >= 12) now += 8;
  }
  for (let n = 0; n < 101; n += 1) void ask();
  await settled();
  expect(told.slice(88)).toEqual([5]);
});
