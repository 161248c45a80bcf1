import { describe, expect, it } from 'vitest';
import { source, wikipedia, type Services, type SourceContext } from 'trimtab';
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
