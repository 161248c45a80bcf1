import type { HeardLimit } from '../shapes/limit.ts';

export interface HeardLimits {
  requests: HeardLimit | null;
  tokens: HeardLimit | null;
}

/** A provider fills up within a minute; what says more is a limit of the day, which is no reason to go slowly now. */
const longestMs = 120_000;

/**
 * What a provider's headers say of its limits: OpenAI's `x-ratelimit-remaining-requests` with `-limit-` and `-reset-` (`1s`, `6m0s`,
 * `20ms`), Anthropic's `anthropic-ratelimit-requests-remaining` (with a time). Null where nothing readable is said. `now` in ms.
 */
export function limitsHeard(headers: Headers, now: number): HeardLimits | null {
  const requests = heard(openAiSays(headers, 'requests')) ?? heard(anthropicSays(headers, 'requests', now));
  const tokens =
    heard(openAiSays(headers, 'tokens')) ??
    heard(anthropicSays(headers, 'tokens', now)) ??
    heard(anthropicSays(headers, 'input-tokens', now));
  return requests === null && tokens === null ? null : { requests, tokens };
}

/** Milliseconds until those limits are full again of which nothing is left; null where none is said to be used up. `now` in ms. */
export function resetMs(headers: Headers, now: number): number | null {
  const spent = ['requests', 'tokens', 'input-tokens', 'output-tokens']
    .flatMap((kind) => [openAiSays(headers, kind), anthropicSays(headers, kind, now)])
    .filter(({ left, full_ms }) => countOf(left) === 0 && !Number.isNaN(full_ms));
  return spent.length === 0 ? null : Math.max(0, ...spent.map(({ full_ms }) => full_ms));
}

interface Said {
  limit: string | null;
  left: string | null;
  full_ms: number;
}
const openAiSays = (headers: Headers, kind: string): Said => ({
  limit: headers.get(`x-ratelimit-limit-${kind}`),
  left: headers.get(`x-ratelimit-remaining-${kind}`),
  full_ms: durationMs(headers.get(`x-ratelimit-reset-${kind}`)),
});

function anthropicSays(headers: Headers, kind: string, now: number): Said {
  const name = `anthropic-ratelimit-${kind}`;
  const sent = Date.parse(headers.get('date') ?? '');
  const full = Date.parse(headers.get(`${name}-reset`) ?? '');
  return { limit: headers.get(`${name}-limit`), left: headers.get(`${name}-remaining`), full_ms: full - (Number.isNaN(sent) ? now : sent) };
}

function heard({ limit, left, full_ms }: Said): HeardLimit | null {
  const [most, rest] = [countOf(limit), countOf(left)];
  if (most === null || rest === null || Number.isNaN(full_ms) || full_ms > longestMs) return null;
  return { limit: most, left: Math.min(rest, most), full_ms: Math.max(0, Math.round(full_ms)) };
}

const countOf = (text: string | null): number | null => (text !== null && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null);

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
function durationMs(text: string | null): number {
  if (text === null || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return Number.NaN;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}
