import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { Link } from 'react-router';
import { decideReview, newKey, type DecisionBody } from '../api/calls.ts';
import { problemOf, type Problem } from '../api/problem.ts';
import type { DecisionKind, Review } from '../api/shapes.ts';
import { forgetKept } from './kept-text.ts';
import { askedOf } from './review-facts.ts';

/** A decision that was not stored, with all that is needed to send the same one again. */
export interface Failure {
  problem: Problem;
  body: DecisionBody;
  key: string;
}

const done: Record<DecisionKind, string> = {
  approve: 'Approved',
  edit: 'Saved and approved',
  reject: 'Rejected, the work goes back',
  respond: 'Another draft is on its way',
};

/** Say what became of a decision, in place of what was said of it before. */
function tell(review: Review, title: string, color: 'petrol' | 'red' | 'gray'): void {
  const id = `decided-${review.id}`;
  notifications.hide(id);
  notifications.show({
    id,
    title,
    color,
    autoClose: color === 'petrol' ? 6000 : false,
    withCloseButton: true,
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message: (
      <>
        <bdi>{askedOf(review).subject}</bdi> <Link to={`/reviews/${review.id}`}>Open</Link>
      </>
    ),
  });
}

/** A decision that takes longer than this is said to be on its way: the next item is shown already, and looks as if all were done. */
const slowMs = 2_000;

/** The second press of a hasty double press: it would decide the next item before anybody could read it. */
const hastyMs = 400;

export interface Deciding {
  /** Whether a decision was made an instant ago, so that this one, of this review, was not meant. What was refused is meant. */
  hasty(id: string): boolean;
  /** Ids that are decided or being decided here: gone from the list at once. */
  gone: ReadonlySet<string>;
  failures: ReadonlyMap<string, Failure>;
  decide(review: Review, body: DecisionBody, again?: string): Promise<void>;
  forgive(id: string): void;
}

/**
 * Decide at once, tell the server behind it. A refused decision brings the item back with what the server said;
 * `refused` is told of it, so that the page can return to the item if the person has not begun something else.
 */
export function useDecide(refused: (review: Review) => void): Deciding {
  const queries = useQueryClient();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<ReadonlyMap<string, Failure>>(new Map());

  const last = useRef(-hastyMs);
  const refusedLast = useRef<string | null>(null);
  const hasty = useCallback((id: string) => id !== refusedLast.current && performance.now() - last.current < hastyMs, []);

  const forgive = useCallback((id: string) => setFailures((all) => new Map([...all].filter(([key]) => key !== id))), []);
  const decide = useCallback(
    async (review: Review, body: DecisionBody, again?: string) => {
      last.current = performance.now();
      refusedLast.current = null;
      const key = again ?? newKey();
      forgive(review.id);
      setGone((all) => new Set(all).add(review.id));
      const slow = setTimeout(() => tell(review, 'Not stored yet: the server takes its time', 'gray'), slowMs);
      try {
        const stored = await decideReview(review.id, body, key);
        queries.setQueryData<Review>(['review', review.id], (old) => ({ ...old, ...stored }));
        forgetKept(review.id);
        tell(review, done[body.decision], 'petrol');
      } catch (error) {
        const problem = problemOf(error);
        refusedLast.current = review.id;
        setGone((all) => new Set([...all].filter((id) => id !== review.id)));
        setFailures((all) => new Map(all).set(review.id, { problem, body, key }));
        tell(review, `Not stored: ${problem.title.charAt(0).toLowerCase()}${problem.title.slice(1)}`, 'red');
        refused(review);
      } finally {
        clearTimeout(slow);
        void queries.invalidateQueries({ queryKey: ['reviews'] });
        void queries.invalidateQueries({ queryKey: ['review', review.id] });
        void queries.invalidateQueries({ queryKey: ['run', review.run_id] });
      }
    },
    [forgive, queries, refused],
  );
  return { gone, failures, decide, forgive, hasty };
}
