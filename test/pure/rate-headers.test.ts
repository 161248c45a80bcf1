import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limitsHeard } from '../../src/providers/rate-headers.ts';
import { share } from '../../src/store/limit-share.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const heard = (headers: Record<string, string>) => limitsHeard(new Headers(headers), now);

it('OpenAI and Anthropic say in their headers what is left and when it is full again', () => {
  expect(
    heard({
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '150000',
      'x-ratelimit-reset-tokens': '1m0.5s',
    }),
  ).toEqual({ requests: { limit: 500, left: 499, full_ms: 120 }, tokens: { limit: 200_000, left: 150_000, full_ms: 60_500 } });
  expect(
    heard({
      date: 'Tue, 24 Nov 2026 10:00:10 GMT',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-24T10:00:40Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '29000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-24T10:00:12Z',
    }),
  ).toEqual({ requests: { limit: 50, left: 0, full_ms: 30_000 }, tokens: { limit: 30_000, left: 29_000, full_ms: 2_000 } });
});

it('nothing, nonsense and the limit of a day say nothing', () => {
  const day = { 'x-ratelimit-limit-requests': '200', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '8h' };
  expect([
    heard({}),
    heard(day),
    heard({ ...day, 'x-ratelimit-reset-requests': 'soon' }),
    heard({ ...day, 'x-ratelimit-remaining-requests': '-1' }),
  ]).toEqual([null, null, null, null]);
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, reset) => {
      const header = (name: string) =>
        ({ 'x-ratelimit-limit-requests': '9', 'x-ratelimit-remaining-requests': left, 'x-ratelimit-reset-requests': reset })[name] ?? null;
      const said = limitsHeard({ get: header } as unknown as Headers, now);
      expect(said === null || (said.requests !== null && said.requests.left <= 9 && said.requests.full_ms <= 120_000)).toBe(true);
    }),
  );
});

it('places are shared so that no two chains that wait differ by more than one, and never above what is free', () => {
  const chains = ['a', 'b', 'c', 'd'];
  fc.assert(
    fc.property(fc.nat(40), fc.array(fc.constantFrom(...chains), { maxLength: 60 }), (calls, asked) => {
      const waiting = asked.map((chain, n) => ({ id: String(n), chain, tokens: 1, timeout_ms: 1 }));
      const { granted } = share({ calls, tokens: null, idle: false }, { waiting, used: new Map(), elsewhere: new Map() });
      expect(granted).toHaveLength(Math.min(calls, asked.length));
      const got = (chain: string) => granted.filter((call) => call.chain === chain).length;
      const hungry = chains.filter((chain) => got(chain) < asked.filter((each) => each === chain).length);
      for (const chain of hungry) for (const other of chains) expect(got(other) - got(chain)).toBeLessThanOrEqual(1);
    }),
  );
});
