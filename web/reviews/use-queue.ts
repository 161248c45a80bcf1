import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { queuesQuery, reviewsQuery, type Showing } from '../api/queries.ts';
import type { QueueCount, Review } from '../api/shapes.ts';
import { askedOf, contextOf } from './review-facts.ts';

const haystack = (review: Review): string => {
  const { subject, from, body, id } = askedOf(review);
  return [
    subject,
    from,
    body,
    id,
    review.queue,
    review.chain,
    review.step,
    review.id,
    review.run_id,
    contextOf(review).why,
    review.claimed_by,
  ]
    .join('\n')
    .toLowerCase();
};

const slot = 'trimtab-queue';
function remembered(): string {
  try {
    return localStorage.getItem(slot) ?? '';
  } catch {
    return '';
  }
}
function remember(queue: string): void {
  try {
    localStorage.setItem(slot, queue);
  } catch {
    /* storage is off: the choice holds until the page is left */
  }
}

const noQueues: QueueCount[] = [];

/** The list on the left: what the server has, less what is being decided here, less what the filter leaves out. */
export function useQueue(gone: ReadonlySet<string>) {
  const [status, setStatus] = useState<Showing>('pending');
  const [name, setName] = useState(remembered);
  const [text, setText] = useState('');
  const queues = useQuery(queuesQuery()).data ?? noQueues;
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const query = useInfiniteQuery(reviewsQuery(status, name));
  const items = useMemo(() => {
    const all = (query.data?.pages ?? []).flatMap((page) => page.data);
    const words = wanted.split(/\s+/).filter(Boolean);
    const seen = new Set<string>();
    return all.filter((review) => {
      if (seen.has(review.id) || (status === 'pending' && (gone.has(review.id) || review.status !== 'pending'))) return false;
      seen.add(review.id);
      return words.every((word) => haystack(review).includes(word));
    });
  }, [query.data, wanted, gone, status]);
  const choose = useCallback((next: string): void => {
    remember(next);
    setName(next);
  }, []);
  /** What the server counts, where that is what the list shows. */
  const total = queues.filter((each) => name === '' || each.queue === name).reduce((sum, each) => sum + each.pending, 0);
  return {
    query,
    items,
    status,
    setStatus,
    text,
    setText,
    /** One queue by name, or '' for all. Kept for the next visit. */
    name,
    setName: choose,
    queues,
    total: status === 'pending' && wanted === '' ? total : null,
  };
}
export type Queue = ReturnType<typeof useQueue>;
