import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedProviders } from '../../runtime/provider-guards.ts';
import { createOpenAi } from '../../src/providers/openai.ts';
import type { Completion, Provider } from '../../src/providers/provider.ts';
import { providerStates } from '../../src/store/breakers.ts';
import type { Database } from '../../src/store/database.ts';
import { conformanceRequest } from '../../testing/provider-conformance.ts';
import { startProviderServer, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { testDatabase } from '../stack/database.ts';

const nine = (said: Scripted): Scripted[] => Array.from({ length: 9 }, () => said);

let db: Database;
let server: ProviderServer;
let says: Scripted = {};
beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startProviderServer(() => says);
});
afterAll(() => server.stop());

const down: Scripted = { status: 503, body: { error: { message: 'down for repairs' } } };
const up: Scripted = { text: '{"text":"x"}' };
let names = 0;
/** A provider of its own name on two workers, and a clock that both see. */
function workers() {
  const name = `provider-${(names += 1)}`;
  const clock = { now: Date.now() };
  const worker = (): Provider =>
    guardedProviders(db, new Map([[name, createOpenAi({ name, api_key: 'k-1234', base_url: server.openai_url })]]), () => clock.now).get(
      name,
    ) as Provider;
  const asked = async (of: Provider, signal = new AbortController().signal): Promise<string> => {
    const before = server.calls.length;
    const completion: Completion = await of.complete(conformanceRequest, { signal });
    expect(completion.type === 'nothing' && completion.left_alone === true).toBe(server.calls.length === before);
    return `${server.calls.length > before ? 'asked' : 'left alone'}: ${completion.type === 'nothing' ? completion.outcome : completion.type}`;
  };
  return { name, one: worker(), two: worker(), asked, pass: (ms: number) => (clock.now += ms) };
}
const repeat = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let n = 0; n < count; n += 1) all.push(await work());
  return all;
};

describe('a provider that is down', () => {
  it('is left alone by all workers after ten failures in a row, tried by one call, and taken back when it answers', async () => {
    const { name, one, two, asked, pass } = workers();
    says = down;
    expect(await repeat(10, () => asked(one))).toEqual(Array(10).fill('asked: overloaded'));
    expect(await asked(one)).toBe('left alone: overloaded');
    expect(await asked(two)).toBe('left alone: overloaded');
    expect((await providerStates(db)).find(({ provider }) => provider === name)).toMatchObject({
      breaker: 'open',
      trouble: expect.stringMatching(/answered 503: down for repairs/) as string,
    });
    pass(30_001);
    expect([await asked(two), await asked(one)]).toEqual(['asked: overloaded', 'left alone: overloaded']);
    pass(30_001);
    expect(await asked(two), 'the second pause is twice as long').toBe('left alone: overloaded');
    pass(30_001);
    says = up;
    expect([await asked(one), await asked(one)]).toEqual(['asked: answer', 'asked: answer']);
    pass(2_001);
    expect(await asked(two)).toBe('asked: answer');
    expect((await providerStates(db)).find(({ provider }) => provider === name)).toMatchObject({ breaker: 'closed', trouble: null });
  });

  it('is tried by one call at a time, and by the next when that one is cancelled', async () => {
    const { one, two, asked, pass } = workers();
    says = down;
    await repeat(10, () => asked(one));
    pass(30_001);
    says = { ...up, hold: new Promise(() => undefined) };
    const caller = new AbortController();
    const probing = asked(one, caller.signal);
    await server.arrived(server.calls.length + 1);
    expect(await asked(two)).toBe('left alone: overloaded');
    caller.abort();
    expect(await probing).toBe('asked: cancelled');
    says = up;
    expect(await asked(two)).toBe('asked: answer');
  });

  it('is not taken for down by failures among answers, nor by old ones, nor by what it says of limits and keys', async () => {
    const { one, asked, pass } = workers();
    for (const said of [...nine(down), up, ...nine(down)]) {
      says = said;
      await asked(one);
    }
    pass(61_000);
    says = down;
    expect(await repeat(9, () => asked(one))).toEqual(Array(9).fill('asked: overloaded'));
    for (const status of [429, 401, 400, 404]) {
      says = { status, body: { error: { message: 'no' } } };
      expect(await asked(one)).toMatch(/^asked/);
    }
    says = down;
    expect(await repeat(9, () => asked(one))).toEqual(Array(9).fill('asked: overloaded'));
  });

  it('says for how long it is left alone, and why', async () => {
    const { name, one, asked } = workers();
    says = down;
    await repeat(10, () => asked(one));
    expect(await one.complete(conformanceRequest, { signal: new AbortController().signal })).toMatchObject({
      outcome: 'overloaded',
      message: expect.stringMatching(new RegExp(`^${name} is not asked for another 30 s, it was down: ${name} answered 503`)) as string,
      retry_after_ms: null,
    });
  });
});
