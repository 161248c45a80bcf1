import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import * as calls from './calls.ts';
import { problemOf } from './problem.ts';
import type { ReviewStatus } from './shapes.ts';
import { setSignedOut } from '../app/signed-out.ts';

/** A server that is away or busy may come back; anything else is answered the same the second time. */
const worthRetrying = (count: number, error: unknown): boolean => {
  const { status } = problemOf(error);
  return count < 3 && (status === 0 || status === 429 || status >= 502);
};

export const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (problemOf(error).status === 401) setSignedOut(true);
    },
    onSuccess: () => setSignedOut(false),
  }),
  defaultOptions: {
    queries: { staleTime: 15_000, gcTime: 10 * 60_000, retry: worthRetrying, retryDelay: (n) => 400 * 2 ** n, refetchOnWindowFocus: true },
  },
});

export const meQuery = () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => calls.whoAmI(signal), staleTime: 60_000 });

/** Which reviews a list shows. */
export type Showing = ReviewStatus | 'all';
export const reviewsQuery = (status: Showing, queue = '') =>
  infiniteQueryOptions({
    queryKey: ['reviews', status, queue],
    queryFn: ({ signal, pageParam }) =>
      calls.listReviews({ queue, status: status === 'all' ? undefined : status, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
export const reviewQuery = (id: string) => queryOptions({ queryKey: ['review', id], queryFn: ({ signal }) => calls.getReview(id, signal) });

/** How much waits in each queue. Read again with the reviews: its key begins with theirs. And by the clock: an item becomes overdue without an event, and most of them are in no list that this page has. */
export const queuesQuery = () =>
  queryOptions({
    queryKey: ['reviews', 'counts'],
    queryFn: async ({ signal }) => (await calls.listQueues(signal)).data,
    refetchInterval: 30_000,
  });
/** What is missing for work to go on. Nobody tells of it, so it is asked. */
export const missingQuery = () =>
  queryOptions({
    queryKey: ['missing'],
    queryFn: ({ signal }) => calls.missingParts(signal),
    // A worker is missed after 20 s; the page says so within 30.
    refetchInterval: 5_000,
    retry: false,
  });

export const runsQuery = (filter: calls.RunFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', filter],
    queryFn: ({ signal, pageParam }) => calls.listRuns({ ...filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
export const runQuery = (id: string) => queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => calls.getRun(id, signal) });
export const stepsQuery = (id: string) =>
  queryOptions({ queryKey: ['run', id, 'steps'], queryFn: async ({ signal }) => (await calls.listSteps(id, signal)).data });
export const reviewsOfQuery = (runId: string) =>
  queryOptions({ queryKey: ['run', runId, 'reviews'], queryFn: async ({ signal }) => (await calls.listReviewsOf(runId, signal)).data });

export const chainsQuery = () =>
  queryOptions({ queryKey: ['chains'], queryFn: async ({ signal }) => (await calls.listChains(signal)).data, staleTime: 5 * 60_000 });
export const chainQuery = (name: string) =>
  queryOptions({
    queryKey: ['chain', name],
    queryFn: ({ signal }) => calls.getChain(name, signal),
    staleTime: 5 * 60_000,
    enabled: name !== '',
  });
