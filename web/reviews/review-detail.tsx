import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { reviewQuery, runQuery } from '../api/queries.ts';
import type { List, Review } from '../api/shapes.ts';
import { ProblemView } from '../parts/problem-view.tsx';
import css from './review-detail.module.css';
import { OpenReview } from './open-review.tsx';
import type { Deciding } from './use-decide.tsx';

export interface DetailProps {
  id: string;
  me: string | null;
  deciding: Deciding;
  leave(): void;
  onBusy(review: string, busy: boolean): void;
}

export function ReviewDetail(props: DetailProps) {
  const { id } = props;
  const listed = useListed(id);
  const review = useQuery({ ...reviewQuery(id), placeholderData: listed });
  const runId = review.data?.run_id ?? '';
  const run = useQuery({ ...runQuery(runId), enabled: runId !== '' });
  if (review.data)
    return <OpenReview {...props} review={review.data} trouble={review.error} again={() => void review.refetch()} run={run.data} />;
  if (review.isError)
    return (
      <div className={css.loading}>
        <ProblemView error={review.error} retry={() => void review.refetch()} />
      </div>
    );
  return (
    <div className={css.loading} aria-busy="true" aria-label="Loading the review">
      <Skeleton height={20} width="60%" mb={10} />
      <Skeleton height={12} width="35%" mb={28} />
      <Skeleton height={120} mb={20} />
      <Skeleton height={220} />
    </div>
  );
}

/** The list already has the item: show that at once, and the full one when it is there. */
function useListed(id: string): Review | undefined {
  const queries = useQueryClient();
  return queries
    .getQueriesData<Partial<InfiniteData<List<Review>>>>({ queryKey: ['reviews'] })
    .flatMap(([, data]) => (data?.pages ?? []).flatMap((page) => page.data))
    .find((review) => review.id === id);
}
