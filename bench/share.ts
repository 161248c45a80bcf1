import { wilson } from '../src/reliability/wilson.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** `3 of 40, 7.5 % [2.6, 19.9]`: a share with its 95 % Wilson interval. */
export function shareOf(count: number, total: number): string {
  if (total === 0) return 'none of 0';
  const { low, high } = wilson(count, total);
  return `${count} of ${total}, ${percent(count / total)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
}
