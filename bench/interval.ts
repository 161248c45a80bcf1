/** A mean over cases with its 95 % bootstrap interval. */
export interface Estimate { mean: number; low: number; high: number }

/** mulberry32: the same seed, the same draws. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Percentile bootstrap over cases, 10,000 draws. For a paired difference give the differences. */
export function bootstrap(values: readonly number[], seed = 1): Estimate {
  const random = generator(seed);
  const draws = Array.from({ length: 10_000 }, () => meanOf(values.map(() => values[Math.floor(random() * values.length)] ?? 0)));
  draws.sort((a, b) => a - b);
  return { mean: meanOf(values), low: draws[249] ?? 0, high: draws[9_749] ?? 0 };
}

export const shown = ({ mean, low, high }: Estimate, sign = ''): string => `${mean >= 0 ? sign : ''}${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
