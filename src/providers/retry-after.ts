import { resetMs } from './rate-headers.ts';

/** No provider makes us wait longer than this in one go: 10 minutes. */
export const longestWaitMs = 600_000;

const clamp = (ms: number): number => Math.min(Math.max(Math.round(ms), 0), longestWaitMs);

/**
 * Milliseconds to wait as the answer's headers say: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date
 * (measured from the answer's own `Date`, else from `now`), or else when a limit of which nothing is left is full again.
 * Clamped to 0..10 minutes; null when absent or unreadable.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  if (!headers) return null;
  const exact = headers.get('retry-after-ms')?.trim();
  if (exact && Number.isFinite(Number(exact))) return clamp(Number(exact));
  const wait = waitOf(headers.get('retry-after')?.trim() ?? '', { sent: headers.get('date') ?? '', now }) ?? resetMs(headers, now);
  return wait === null ? null : clamp(wait);
}

/** A header that came twice is joined by a comma: the longer wait counts. `Date.parse` alone would read that, and `-5`, as days of 2001. */
function waitOf(value: string, { sent, now }: { sent: string; now: number }): number | null {
  if (value === '') return null;
  const seconds = value.split(',').map(Number);
  if (seconds.every(Number.isFinite)) return Math.max(...seconds) * 1_000;
  const until = /\d:\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return null;
  const from = Date.parse(sent);
  return until - (Number.isNaN(from) ? now : from);
}
