import { random as generator } from './random.ts';

/** A mean over cases with its 95 % bootstrap interval. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Percentile bootstrap over cases, 10,000 draws. For a paired difference give the differences. */
export function bootstrap(values: readonly number[], seed = 1): Estimate {
  const random = generator(seed);
  const draws = Array.from({ length: 10_000 }, () => meanOf(values.map(() => values[Math.floor(random() * values.length)] ?? 0)));
  draws.sort((a, b) => a - b);
  return { mean: meanOf(values), low: draws[249] ?? 0, high: draws[9_749] ?? 0 };
}

export const shown = ({ mean, low, high }: Estimate, sign = ''): string =>
  `${mean >= 0 ? sign : ''}${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
