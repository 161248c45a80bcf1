import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../src/reliability/wilson.ts';

describe("Wilson's interval", () => {
  it.each([
    // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is what the literature prints', (successes, n, low, high) => {
    const interval = wilson(successes, n, 1.959964);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, stays between 0 and 1, and mirrors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
        ([successes, n]) => {
          const { low, high } = wilson(successes, n);
          const mirrored = wilson(n - successes, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(successes / n);
          expect(high).toBeGreaterThanOrEqual(successes / n);
          expect(mirrored.low).toBeCloseTo(1 - high, 12);
        },
      ),
    );
  });

  it('says nothing of nothing, and refuses what is no count', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(() => wilson(3, 2)).toThrow(/3 of 2/);
    expect(() => wilson(0.5, 2)).toThrow(RangeError);
  });
});
