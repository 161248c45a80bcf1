import { memo, type MouseEvent } from 'react';
import type { Review } from '../api/shapes.ts';
import { Badge } from '../parts/badge.tsx';
import { Due, useNow } from '../parts/time.tsx';
import { deciderOf, holderOf } from './holder.ts';
import css from './queue-row.module.css';
import { askedOf, openingOf, toolOf, whyAsked } from './review-facts.ts';

interface Props {
  review: Review;
  current: boolean;
  me: string | null;
  /** Every row is of one queue, so none has to name it. */
  inQueue: boolean;
  warm(review: Review): void;
  open(review: Review): void;
}

/** A click that means "here", not "in another tab". */
const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented);

/**
 * Drawn again only when its own review or its being selected changes. So a plain link: the router's `Link` reads the
 * address and is drawn again at every move, all 200 of them at each J.
 */
export const QueueRow = memo(function QueueRow({ review, current, me, inQueue, warm, open }: Props) {
  const asked = askedOf(review);
  const why = whyAsked(review);
  return (
    <li className={css.item}>
      <a
        href={`/reviews/${review.id}`}
        className={current ? `${css.row} ${css.current}` : css.row}
        aria-current={current || undefined}
        data-review={review.id}
        onMouseEnter={() => warm(review)}
        onClick={(event) => {
          if (!isPlain(event)) return;
          event.preventDefault();
          open(review);
        }}
      >
        <span className={css.subject}>{asked.subject}</span>
        <span className={css.under}>
          <span className={css.line}>{[asked.from, inQueue ? null : review.queue].filter(Boolean).join(' · ') || review.chain}</span>
          {review.status === 'pending' && review.due_at && <Due at={review.due_at} className={css.due} late={css.late} />}
        </span>
        <span className={css.under}>
          {review.status === 'pending' && (
            <span className={why ? `${css.line} ${css.why}` : `${css.line} ${css.opening}`} title={why ?? undefined}>
              {why ?? openingOf(asked)}
            </span>
          )}
          <Marks review={review} me={me} />
        </span>
      </a>
    </li>
  );
});

const words = { approve: 'approved', edit: 'approved', reject: 'rejected', respond: 'sent back' };

function Marks({ review, me }: { review: Review; me: string | null }) {
  const holder = holderOf(review, { now: useNow(), me });
  const { decision } = review;
  if (review.status !== 'pending')
    return (
      <span className={css.badges}>
        <Badge>{decision ? `${words[decision.decision]} by ${deciderOf(decision)}` : review.status}</Badge>
      </span>
    );
  const empty = review.value === null || review.value === undefined;
  const open = empty
    ? 'needs an answer'
    : review.kind === 'human'
      ? 'not settled'
      : review.kind === 'tool'
        ? `wants ${toolOf(review)}`
        : null;
  if (!holder && open === null) return null;
  return (
    <span className={css.badges}>
      {holder ? (
        <Badge tone="accent" dot>
          {holder.mine ? 'you are editing' : `${holder.name} is editing`}
        </Badge>
      ) : (
        <Badge tone="info">{open}</Badge>
      )}
    </span>
  );
}
