import { Link } from 'react-router';
import type { Review } from '../api/shapes.ts';
import { Badge, DemoBadge } from '../parts/badge.tsx';
import { Due, useNow } from '../parts/time.tsx';
import { askedOf, contextOf } from './review-facts.ts';
import css from './queue-row.module.css';

export const holderOf = (review: Review, now: number): string | null =>
  review.status === 'pending' && review.claimed_by && (review.claimed_until === null || Date.parse(review.claimed_until) > now)
    ? review.claimed_by
    : null;

export function QueueRow({ review, current, me, warm }: { review: Review; current: boolean; me: string | null; warm(): void }) {
  const asked = askedOf(review);
  const holder = holderOf(review, useNow());
  const { why } = contextOf(review);
  return (
    <li>
      <Link
        to={`/reviews/${review.id}`}
        className={current ? `${css.row} ${css.current}` : css.row}
        aria-current={current || undefined}
        data-review={review.id}
        onMouseEnter={warm}
        preventScrollReset
      >
        <span className={css.subject}>{asked.subject}</span>
        <span className={css.under}>
          <span className={css.line}>{[asked.from, review.queue].filter(Boolean).join(' · ')}</span>
          {review.status === 'pending' && review.due_at && <Due at={review.due_at} className={css.due} late={css.late} />}
        </span>
        <span className={css.under}>
          <span className={css.line} title={why ?? undefined}>
            {why}
          </span>
          <Marks review={review} holder={holder} me={me} />
        </span>
      </Link>
    </li>
  );
}

function Marks({ review, holder, me }: { review: Review; holder: string | null; me: string | null }) {
  const empty = review.status === 'pending' && (review.value === null || review.value === undefined);
  const decided = review.decision
    ? `${review.decision.decision === 'reject' ? 'rejected' : review.decision.decision === 'respond' ? 'sent back' : 'approved'} by ${review.decision.by}`
    : review.status;
  if (!holder && !empty && !review.demo && review.status === 'pending') return null;
  return (
    <span className={css.badges}>
      {review.status !== 'pending' && <Badge>{decided}</Badge>}
      {empty && <Badge tone="info">needs an answer</Badge>}
      {holder && (
        <Badge tone="accent" dot>
          {holder === me ? 'you are editing' : `${holder} is editing`}
        </Badge>
      )}
      {review.demo && <DemoBadge />}
    </span>
  );
}
