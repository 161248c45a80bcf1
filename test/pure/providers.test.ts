import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { outcomeOfFinish, outcomeOfProviderError, safeMessage } from '../../src/providers/outcomes.ts';
import { portableSchema } from '../../src/providers/portable-schema.ts';
import { costOf, priceOf } from '../../src/providers/prices.ts';
import { retryAfterMs } from '../../src/providers/retry-after.ts';

const said = (status: number | null, more: { code?: string; type?: string; message?: string } = {}) =>
  outcomeOfProviderError({ status, code: '', type: '', message: '', ...more });

describe('the table of outcomes', () => {
  it('gives every status an outcome, and no status waits for what only a person can mend', () => {
    const waits = new Set(['rate_limited', 'overloaded', 'transport']);
    for (let status = 400; status < 600; status++)
      expect(waits.has(said(status)), String(status)).toBe([408, 409, 425, 429].includes(status) || status >= 500);
    expect([said(401), said(403), said(402), said(404), said(413), said(418)]).toEqual([
      'auth',
      'auth',
      'spend_cap',
      'model_gone',
      'too_large',
      'invalid',
    ]);
  });

  it('never calls a server error a spent account, whatever its page says', () => {
    expect(said(503, { message: 'insufficient credits service is down' })).toBe('overloaded');
  });

  it('takes no unknown reason for a whole answer', () => {
    fc.assert(
      fc.property(fc.string(), (reason) => {
        fc.pre(!['stop', 'end_turn', 'stop_sequence', 'tool_use'].includes(reason));
        expect(outcomeOfFinish(reason)).not.toBeNull();
      }),
    );
    expect(outcomeOfFinish(null)).toBe('transport');
  });

  it('keeps keys out of messages, whole, masked or as a header, and messages short', () => {
    expect(safeMessage('bad key sk-proj-abc123def456 and Bearer abc.def', [])).toBe('bad key [key] and [key]');
    expect(safeMessage('the key my secret\nvalue is wrong', ['my secret\nvalue'])).toBe('the key [key] is wrong');
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (key, around) => {
        fc.pre(key.trim().length >= 8 && !'[key]'.includes(key) && !around.includes('[key]'));
        const message = safeMessage(`${around}\u0000${key}\u0000${around}`, [key]);
        expect(message.length).toBeLessThanOrEqual(300);
        expect(message.includes(`\u0000${key}\u0000`)).toBe(false);
      }),
    );
  });
});

describe('how long a provider asks to wait', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  const after = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now);

  it('reads seconds, dates and milliseconds, and clamps to 0..10 minutes', () => {
    expect([
      after({ 'retry-after': '7' }),
      after({ 'retry-after': '0.5' }),
      after({ 'retry-after-ms': '1500', 'retry-after': '9' }),
    ]).toEqual([7_000, 500, 1_500]);
    expect(after({ 'retry-after': 'Tue, 24 Nov 2026 10:01:00 GMT' })).toBe(60_000);
    expect(after({ 'retry-after': 'Tue, 24 Nov 2026 10:01:00 GMT', date: 'Tue, 24 Nov 2026 10:00:50 GMT' })).toBe(10_000);
    expect([after({ 'retry-after': '1e9' }), after({ 'retry-after': '-1' }), after({ 'retry-after': 'Infinity' })]).toEqual([
      600_000,
      0,
      null,
    ]);
  });

  it('takes the longer of two waits, and no number for a day of 2001', () => {
    expect([after({ 'retry-after': '2, 5' }), after({ 'retry-after': 'in 5' }), after({ 'retry-after': '24.11.2026' })]).toEqual([
      5_000,
      null,
      null,
    ]);
  });

  it('waits until a limit is full of which nothing is left, where no other wait is said', () => {
    const openAi = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m0.5s' };
    const anthropic = {
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-24T10:00:09Z',
    };
    expect([
      after(openAi),
      after(anthropic),
      after({ ...openAi, 'retry-after': '3' }),
      after({ ...openAi, 'x-ratelimit-remaining-requests': '7' }),
      after({ ...openAi, 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6h' }),
      after({ ...openAi, 'x-ratelimit-reset-requests': 'tomorrow' }),
    ]).toEqual([60_500, 9_000, 3_000, null, 600_000, null]);
  });

  it('says nothing where nothing readable is said', () => {
    expect([
      retryAfterMs(undefined, now),
      after({}),
      after({ 'retry-after': '' }),
      after({ 'retry-after': 'soon' }),
      after({ 'retry-after-ms': 'x', 'retry-after': '2' }),
    ]).toEqual([null, null, null, null, 2_000]);
    fc.assert(
      fc.property(fc.string(), (value) => {
        const wait = retryAfterMs({ get: (name: string) => (name === 'retry-after' ? value : null) } as Headers, now);
        expect(wait === null || (wait >= 0 && wait <= 600_000)).toBe(true);
      }),
    );
  });
});

describe('a schema for a provider', () => {
  it('tells refused limits in words, closes objects, and stays strict while all is required', () => {
    const schema = z.toJSONSchema(z.strictObject({ text: z.string().min(1).max(20_000), cited: z.array(z.int().min(1)).max(9) }));
    const portable = portableSchema(schema);
    expect(portable.strict).toBe(true);
    expect(JSON.stringify(portable.schema)).not.toMatch(/"(minLength|maxLength|minimum|maximum|maxItems|\$schema)":/);
    expect(portable.schema).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['text', 'cited'],
      properties: {
        text: { type: 'string', description: '(minLength: 1, maxLength: 20000)' },
        cited: { type: 'array', items: { type: 'integer', description: '(minimum: 1)' }, description: '(maxItems: 9)' },
      },
    });
  });

  it('knows unions, names and properties that are called like keywords', () => {
    const { schema, strict } = portableSchema({
      type: 'object',
      properties: { pattern: { oneOf: [{ const: 'minLength' }, { $ref: '#/$defs/maximum' }] }, title: { type: 'string' } },
      required: ['pattern'],
      $defs: { maximum: { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] } },
    });
    expect(strict).toBe(true);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        pattern: { anyOf: [{ const: 'minLength' }, { $ref: '#/$defs/maximum' }] },
        title: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      required: ['pattern', 'title'],
      additionalProperties: false,
      $defs: { maximum: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false } },
    });
  });
});

describe('prices', () => {
  it('come from the table, from the config first, and are null when nobody knows them', () => {
    expect(priceOf('openai', 'gpt-4o')).toEqual({ input: 2.5, output: 10, cached: 1.25 });
    expect(priceOf('anthropic', 'claude-sonnet-4-5')).toEqual({ input: 3, output: 15, cached: 0.3 });
    expect(priceOf('openai', 'gpt-4o', { input: 1, output: 2 })).toEqual({ input: 1, output: 2 });
    expect([priceOf('openai', 'no-such-model'), priceOf('my-own', 'gpt-4o'), priceOf('demo', 'demo-writer')]).toEqual([null, null, null]);
  });

  it('make a cost of tokens, and no cost where price or usage is unknown', () => {
    const model = { input_usd_per_mtok: 2.5, output_usd_per_mtok: 10 };
    expect(costOf(model, { input_tokens: 1_000_000, output_tokens: 100_000 })).toBeCloseTo(3.5, 12);
    expect(costOf(model, null)).toBeNull();
    expect(costOf({ ...model, output_usd_per_mtok: null }, { input_tokens: 1, output_tokens: 1 })).toBeNull();
    expect(costOf({ input_usd_per_mtok: 0, output_usd_per_mtok: 0 }, { input_tokens: 1, output_tokens: 1 })).toBe(0);
  });
});
