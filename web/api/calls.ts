import createClient from 'openapi-fetch';
import type { paths } from '../generated/api.ts';
import { record } from '../parts/record.ts';
import { Problem, unreachable } from './problem.ts';
import type { Chain, DecisionKind, List, Me, QueueCount, Review, ReviewStatus, Run, RunStatus, Step } from './shapes.ts';

/** Our own server, with the session cookie. `keepalive` lets a release reach it while the page closes. */
const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', headers: { accept: 'application/json' } });

interface Settled<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer. Throws `Problem`, with status 0 when nothing came back. */
async function bodyOf<T>(call: Promise<Settled<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw cause instanceof DOMException && cause.name === 'AbortError' ? cause : unreachable();
  });
  if (!response.ok) throw new Problem(response.status, record(error) ?? {});
  return data as T;
}

/** A key that makes a repeated request harmless. `randomUUID` is missing where the page is not served over a secure origin. */
export const newKey = (): string =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export interface ReviewFilter {
  queue?: string | undefined;
  status?: ReviewStatus | undefined;
  cursor?: string | null | undefined;
}
export interface RunFilter {
  chain?: string | undefined;
  status?: RunStatus | '' | undefined;
  q?: string | undefined;
  cursor?: string | null | undefined;
}
export interface DecisionBody {
  decision: DecisionKind;
  version: number;
  value?: unknown;
  reason?: string;
  comment?: string;
}

const limit = 50;
const ofId = (id: string) => ({ params: { path: { id } } });

export const whoAmI = (signal?: AbortSignal): Promise<Me> => bodyOf(api.GET('/v1/me', { signal }));
export const listReviews = ({ queue, status, cursor }: ReviewFilter, signal?: AbortSignal): Promise<List<Review>> =>
  bodyOf(api.GET('/v1/reviews', { params: { query: { queue: queue || undefined, status, limit, cursor: cursor ?? undefined } }, signal }));
export const listQueues = (signal?: AbortSignal): Promise<{ data: QueueCount[] }> => bodyOf(api.GET('/v1/queues', { signal }));
export const listReviewsOf = (run_id: string, signal?: AbortSignal): Promise<List<Review>> =>
  bodyOf(api.GET('/v1/reviews', { params: { query: { run_id, limit: 200 } }, signal }));
export const getReview = (id: string, signal?: AbortSignal): Promise<Review> =>
  bodyOf(api.GET('/v1/reviews/{id}', { ...ofId(id), signal }));
export const claimReview = (id: string): Promise<Review> => bodyOf(api.POST('/v1/reviews/{id}/claim', ofId(id)));
export const releaseReview = (id: string): Promise<Review> =>
  bodyOf(api.POST('/v1/reviews/{id}/release', { ...ofId(id), keepalive: true }));
export const decideReview = (id: string, body: DecisionBody, key: string): Promise<Review> =>
  bodyOf(api.POST('/v1/reviews/{id}/decision', { params: { path: { id }, header: { 'idempotency-key': key } }, body }));

export const listRuns = ({ chain, status, q, cursor }: RunFilter, signal?: AbortSignal): Promise<List<Run>> =>
  bodyOf(
    api.GET('/v1/runs', {
      params: { query: { chain: chain || undefined, status: status || undefined, q: q || undefined, limit, cursor: cursor ?? undefined } },
      signal,
    }),
  );
export const getRun = (id: string, signal?: AbortSignal): Promise<Run> => bodyOf(api.GET('/v1/runs/{id}', { ...ofId(id), signal }));
export const listSteps = (id: string, signal?: AbortSignal): Promise<{ data: Step[] }> =>
  bodyOf(api.GET('/v1/runs/{id}/steps', { ...ofId(id), signal }));
export const cancelRun = (id: string): Promise<Run> => bodyOf(api.POST('/v1/runs/{id}/cancel', ofId(id)));
export const retryRun = (id: string): Promise<Run> => bodyOf(api.POST('/v1/runs/{id}/retry', ofId(id)));
export const startRun = (chain: string, input: unknown, key: string): Promise<Run> =>
  bodyOf(api.POST('/v1/chains/{chain}/runs', { params: { path: { chain }, header: { 'idempotency-key': key } }, body: { input } }));

/** What work needs and is not there, in words, and whether what people do is stored without it. Needs no session. */
export interface Missing {
  missing: readonly string[];
  stores: boolean;
}
export async function missingParts(signal?: AbortSignal): Promise<Missing> {
  const response = await fetch('/readyz', { signal: signal ?? null }).catch(() => {
    throw unreachable();
  });
  const { missing = [], stores = true } = (await response.json().catch(() => ({}))) as Partial<Missing>;
  return { missing, stores };
}

export const listChains = (signal?: AbortSignal): Promise<{ data: Chain[] }> => bodyOf(api.GET('/v1/chains', { signal }));
export const getChain = (chain: string, signal?: AbortSignal): Promise<Chain> =>
  bodyOf(api.GET('/v1/chains/{chain}', { params: { path: { chain } }, signal }));
