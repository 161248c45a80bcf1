import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { reviewsQuery, type Showing } from '../api/queries.ts';
import type { Review } from '../api/shapes.ts';
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

/** The list on the left: what the server has, less what is being decided here, less what the filter leaves out. */
export function useQueue(gone: ReadonlySet<string>) {
  const [status, setStatus] = useState<Showing>('pending');
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const query = useInfiniteQuery(reviewsQuery(status));
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
  return { query, items, status, setStatus, text, setText };
}
export type Queue = ReturnType<typeof useQueue>;
