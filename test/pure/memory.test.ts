import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, fraction, hashOf } from '../../src/correct/canonical.ts';
import { callName, copyOf, forget, newMemory, remember, remembers } from '../../src/correct/memory.ts';
import { failed } from '../../testing/results.ts';

describe('the memory of a run', () => {
  test('a blamed answer is forgotten, and what was said against it waits for the call that replaces it', () => {
    const memory = newMemory();
    const name = callName('draft', hashOf({ q: 1 }), 1);
    remember(memory, name, { step: 'draft', occurrence: 1, value: 'old' });
    remember(memory, callName('draft', hashOf({ q: 2 }), 1), { step: 'draft', occurrence: 2, value: 'other' });
    forget(memory, { step: 'draft', occurrence: 1 }, [failed]);
    expect(memory.answers[name]).toBeUndefined();
    expect(memory.reproaches).toEqual({ [name]: { previous: 'old', verdicts: [failed] } });
    expect([remembers(memory, 'draft', 1), remembers(memory, 'draft', 2)]).toEqual([false, true]);
    remember(memory, name, { step: 'draft', occurrence: 3, value: 'new' });
    expect(memory.reproaches).toEqual({});
  });

  test('equal inputs have one name, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(hashOf(turned)).toBe(hashOf(value));
        expect(hashOf(JSON.parse(canonical(value)))).toBe(hashOf(value));
      }),
      { numRuns: 300 },
    );
    expect(hashOf({ a: undefined })).toBe(hashOf({}));
    expect(hashOf(undefined)).toBe(hashOf(null));
    expect(hashOf('1')).not.toBe(hashOf(1));
  });

  test('what is no JSON is refused, not guessed at', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n]) expect(() => canonical({ value })).toThrow();
  });

  test('a copy may be changed', () => {
    const value = { list: [1] };
    copyOf(value).list.push(2);
    expect(value).toEqual({ list: [1] });
    expect(copyOf(undefined)).toBeUndefined();
  });

  test('fractions are spread over [0, 1)', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => fraction(`seed/${i}`));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((a, b) => a + b) / 1_000).toBeCloseTo(0.5, 1);
  });
});
