/** Both ends are shares from 0 to 1. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson's score interval for a share of `successes` out of `n` (E. B. Wilson, "Probable inference, the law of succession,
 * and statistical inference", JASA 22 (1927) 209-212; without continuity correction). `z`: 1.96 gives 95 %. Nothing seen
 * (n = 0) says nothing: [0, 1]. Throws RangeError when the counts are no counts.
 */
export function wilson(successes: number, n: number, z = 1.96): Interval {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n) {
    throw new RangeError(`wilson: ${successes} of ${n} is no share`);
  }
  if (n === 0) return { low: 0, high: 1 };
  const share = successes / n;
  const spread = (z * z) / n;
  const middle = share + spread / 2;
  const half = z * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  const scale = 1 + spread;
  // The ends are exact where nothing or everything succeeded; rounding would leave 1e-17.
  return {
    low: successes === 0 ? 0 : Math.max(0, (middle - half) / scale),
    high: successes === n ? 1 : Math.min(1, (middle + half) / scale),
  };
}
