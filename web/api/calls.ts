import { Problem, unreachable } from './problem.ts';
import type { Chain, DecisionKind, List, Me, Review, Run, Step } from './shapes.ts';

interface Sending { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal | undefined; keepalive?: boolean }

/** One request to our own server, with the session cookie. Throws `Problem`; status 0 when nothing came back. */
async function send<T>(path: string, { method = 'GET', body, headers, signal, keepalive }: Sending = {}): Promise<T> {
  const response = await fetch(path, {
    method, credentials: 'same-origin', signal: signal ?? null, keepalive: keepalive ?? false,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch((error: unknown) => {
    throw error instanceof DOMException && error.name === 'AbortError' ? error : unreachable();
  });
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new Problem(response.status, typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {});
  return answer as T;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const query = (values: Record<string, string | number | null | undefined>): string => {
  const given = Object.entries(values).flatMap(([key, value]) => (value === null || value === undefined || value === '' ? [] : [[key, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

/** A key that makes a repeated request harmless. `randomUUID` is missing where the page is not served over a secure origin. */
export const newKey = (): string => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export interface ReviewFilter { status?: string | undefined; queue?: string | undefined; cursor?: string | null | undefined }
export interface RunFilter { chain?: string | undefined; status?: string | undefined; q?: string | undefined; cursor?: string | null | undefined }
export interface DecisionBody { decision: DecisionKind; version: number; value?: unknown; reason?: string; comment?: string }

const path = encodeURIComponent;

export const whoAmI = (signal?: AbortSignal): Promise<Me> => send('/v1/me', { signal });
export const listReviews = (filter: ReviewFilter, signal?: AbortSignal): Promise<List<Review>> => send(`/v1/reviews${query({ ...filter, limit: 50 })}`, { signal });
export const getReview = (id: string, signal?: AbortSignal): Promise<Review> => send(`/v1/reviews/${path(id)}`, { signal });
export const claimReview = (id: string): Promise<Review> => send(`/v1/reviews/${path(id)}/claim`, { method: 'POST', body: {} });
/** Also sent while the page closes, hence `keepalive`. */
export const releaseReview = (id: string): Promise<Review> => send(`/v1/reviews/${path(id)}/release`, { method: 'POST', body: {}, keepalive: true });
export const decideReview = (id: string, body: DecisionBody, key: string): Promise<Review> =>
  send(`/v1/reviews/${path(id)}/decision`, { method: 'POST', body, headers: { 'idempotency-key': key } });

export const listRuns = (filter: RunFilter, signal?: AbortSignal): Promise<List<Run>> => send(`/v1/runs${query({ ...filter, limit: 50 })}`, { signal });
export const getRun = (id: string, signal?: AbortSignal): Promise<Run> => send(`/v1/runs/${path(id)}`, { signal });
export const listSteps = (id: string, signal?: AbortSignal): Promise<{ data: Step[] }> => send(`/v1/runs/${path(id)}/steps`, { signal });
export const cancelRun = (id: string): Promise<Run> => send(`/v1/runs/${path(id)}/cancel`, { method: 'POST', body: {} });
export const retryRun = (id: string): Promise<Run> => send(`/v1/runs/${path(id)}/retry`, { method: 'POST', body: {} });
export const startRun = (chain: string, input: unknown, key: string): Promise<Run> =>
  send(`/v1/chains/${path(chain)}/runs`, { method: 'POST', body: { input }, headers: { 'idempotency-key': key } });

export const listChains = (signal?: AbortSignal): Promise<List<Chain>> => send('/v1/chains', { signal });
export const getChain = (name: string, signal?: AbortSignal): Promise<Chain> => send(`/v1/chains/${path(name)}`, { signal });
