import { describe, expect, it } from 'vitest';
import { asTool, source, wikipedia, type Services, type SourceContext } from 'trimtab';
import { gather } from '../../src/tools/gather.ts';

const context = {
  keep: 3,
  missing: [],
  signal: new AbortController().signal,
  services: { endpoint: () => undefined, secret: () => undefined } as unknown as Services,
} satisfies SourceContext;
const throwing = (error: unknown) => source({ name: 'mine', search: () => Promise.reject(error) });

describe('a source whose code has a bug', () => {
  it('fails the call by name instead of passing for a source that is away', async () => {
    const encyclopedia = wikipedia<{ ticket?: { body: string } }>({ query: (input) => input.ticket!.body });
    await expect(gather([encyclopedia], {}, context)).rejects.toMatchObject({
      code: 'definition',
      message: expect.stringMatching(/source 'wikipedia' failed: .*body/),
    });
  });

  it('is not what a network that fails looks like', async () => {
    const errors = [
      new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
      new TypeError('terminated', { cause: new Error('other side closed') }),
      new SyntaxError('Unexpected token < in JSON'),
      new Error('HTTP 503'),
    ];
    for (const error of errors)
      expect((await gather([throwing(error)], {}, context)).sources).toMatchObject([{ status: 'unavailable', note: error.message }]);
  });
});

describe('a source of your own with a price', () => {
  const found = { id: 'p', source: 'mine', title: 'P', text: 'P', at: '2026-01-01', trust: 'untrusted' as const };
  const priced = (search: () => Promise<(typeof found)[]>) => source({ name: 'mine', usd: 0.2, search });

  it('costs it whether it finds something or not, and nobody knows what where it fails', async () => {
    const costOf = async (search: () => Promise<(typeof found)[]>) => (await gather([priced(search)], {}, context)).cost_usd;
    expect([await costOf(async () => [found]), await costOf(async () => [])]).toEqual([0.2, 0.2]);
    expect(await costOf(() => Promise.reject(new Error('HTTP 503')))).toBeNull();
  });

  it('is added up with others, and one unknown price makes the sum unknown', async () => {
    const free = source({ name: 'free', search: async () => [found] });
    expect((await gather([priced(async () => [found]), free, priced(async () => [])], {}, context)).cost_usd).toBeCloseTo(0.4);
    expect((await gather([priced(() => Promise.reject(new Error('away'))), free], {}, context)).cost_usd).toBeNull();
  });

  it('is a tool of that price', () => {
    expect([
      asTool(
        priced(async () => []),
        { description: 'x' },
      ).usd,
      asTool(
        priced(async () => []),
        { description: 'x', usd: 1 },
      ).usd,
    ]).toEqual([0.2, 1]);
  });
});
