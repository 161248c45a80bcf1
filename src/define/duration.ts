import { TrimtabError } from '../errors.ts';

const units = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
const short: Record<string, keyof typeof units> = { s: 'second', m: 'minute', min: 'minute', h: 'hour', d: 'day', w: 'week' };

/** A span of time as authors write it: `'4h'`, `'2 days'`, `'90 s'`, or a number of milliseconds. */
export type Duration = string | number;

/** What a timer can be asked for and a person can mean. */
const longestMs = 10 * 52 * units.week;

/** Milliseconds, more than none and up to ten years. Throws `definition` with the place for anything else. */
export function milliseconds(value: Duration, where: string): number {
  const ms = Math.round(typeof value === 'number' ? value : spelled(value));
  if (ms >= 1 && ms <= longestMs) return ms;
  throw new TrimtabError(
    'definition',
    `${where}: '${value}' is no span of time${ms === 0 || ms > longestMs ? ' from 1 millisecond to 10 years' : ''}; write '4h', '2 days' or '90 s'`,
  );
}

/** Well under the 24.8 days after which a timer of Node's goes off at once. */
const longestCallMs = 86_400_000;

/** Milliseconds that one call may take. Throws `definition` with the place for what is no span of time, or more than a day. */
export function callTimeout(value: Duration, where: string): number {
  const ms = milliseconds(value, where);
  if (ms <= longestCallMs) return ms;
  throw new TrimtabError('definition', `${where}: a timeout of more than 1 day is none; write a shorter one`);
}

function spelled(value: string): number {
  const [, amount, word = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(String(value).trim().toLowerCase()) ?? [];
  const unit = short[word] ?? word.replace(/s$/, '');
  return unit in units ? Number(amount) * units[unit as keyof typeof units] : Number.NaN;
}
