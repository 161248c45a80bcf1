/** No provider makes us wait longer than this in one go: 10 minutes. */
export const longestWaitMs = 600_000;

const clamp = (ms: number): number => Math.min(Math.max(Math.round(ms), 0), longestWaitMs);

/**
 * Milliseconds to wait as the answer's headers say: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date
 * (measured from the answer's own `Date`, else from `now`). Clamped to 0..10 minutes; null when absent or unreadable.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  const exact = headers?.get('retry-after-ms')?.trim();
  if (exact && Number.isFinite(Number(exact))) return clamp(Number(exact));
  const value = headers?.get('retry-after')?.trim();
  if (!headers || !value) return null;
  if (Number.isFinite(Number(value))) return clamp(Number(value) * 1000);
  const until = Date.parse(value);
  if (Number.isNaN(until)) return null;
  const sent = Date.parse(headers.get('date') ?? '');
  return clamp(until - (Number.isNaN(sent) ? now : sent));
}
