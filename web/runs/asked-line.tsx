import { Link } from 'react-router';
import type { Review } from '../api/shapes.ts';
import { Badge } from '../parts/badge.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { readable } from '../parts/record.ts';
import { Ago, moment, span } from '../parts/time.tsx';
import { deciderOf } from '../reviews/holder.ts';
import { contextOf, decisionWords } from '../reviews/review-facts.ts';
import css from './trace.module.css';

/** A question to a person in the trace: why it was asked, who decided what, and how long it took them. */
export function AskedLine({ review }: { review: Review }) {
  const { decision } = review;
  const { why } = contextOf(review);
  const edited = decision?.decision === 'edit' && decision.original !== null && decision.original !== undefined;
  return (
    <div className={css.asked}>
      <p>
        <Link to={`/reviews/${review.id}`}>Review</Link>{' '}
        <span className="quiet">
          in {review.queue}, asked <Ago at={review.created_at} />
          {why && `: ${why}`}
        </span>{' '}
        {!decision && (
          <Badge tone={review.status === 'pending' ? 'accent' : 'plain'} dot={review.status === 'pending'}>
            {review.status}
          </Badge>
        )}
      </p>
      {decision && (
        <p>
          <strong>{deciderOf(decision)}</strong> {decisionWords[decision.decision]}{' '}
          <span className="quiet">
            on {moment(decision.at)}, after {span(Date.parse(decision.at) - Date.parse(review.created_at))}
          </span>
          {decision.reason && <>. Reason: {decision.reason}</>}
          {decision.comment && <>. Comment: {decision.comment}</>}
        </p>
      )}
      {edited && (
        <div className={css.box}>
          <DiffView before={readable(decision.original)} after={readable(decision.value)} label="Changes by the person" />
        </div>
      )}
    </div>
  );
}
