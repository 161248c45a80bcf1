import { TrimtabError } from '../errors.ts';

const units = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
const short: Record<string, keyof typeof units> = { s: 'second', m: 'minute', min: 'minute', h: 'hour', d: 'day', w: 'week' };

/** A span of time as authors write it: `'4h'`, `'2 days'`, `'90 s'`, or a number of milliseconds. */
export type Duration = string | number;

/** Milliseconds. Throws `definition` with the place for anything else. */
export function milliseconds(value: Duration, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return Math.round(value);
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(String(value).trim().toLowerCase());
  const word = match?.[2] ?? '';
  const unit = short[word] ?? word.replace(/s$/, '');
  if (!match || !(unit in units))
    throw new TrimtabError('definition', `${where}: '${value}' is no span of time; write '4h', '2 days' or '90 s'`);
  return Math.round(Number(match[1]) * units[unit as keyof typeof units]);
}
