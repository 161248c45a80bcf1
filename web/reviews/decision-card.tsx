import { Link } from 'react-router';
import type { Review } from '../api/shapes.ts';
import { DemoBadge } from '../parts/badge.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { moment } from '../parts/time.tsx';
import { readable, textOf } from '../parts/record.ts';
import { ValueText } from '../parts/value-text.tsx';
import { KeptText } from './failure-notice.tsx';
import { keptForAny } from './kept-text.ts';
import { deciderOf } from './holder.ts';
import { decisionWords } from './review-facts.ts';
import css from './review-detail.module.css';

const ended = { expired: '', cancelled: 'The run went another way and withdrew this question.', decided: 'Decided.', pending: '' };

/** How a review ended, and what stands now. */
export function DecisionCard({ review }: { review: Review }) {
  const { decision } = review;
  const mine = keptForAny(review.id);
  const value = decision?.value ?? review.value;
  const edited = decision?.decision === 'edit' && decision.original !== null && decision.original !== undefined;
  const stands = decision?.decision === 'approve' || decision?.decision === 'edit';
  const heading = stands ? 'What stands now' : 'What was proposed';
  return (
    <>
      <output className={css.strip}>
        {decision ? (
          <p>
            <strong>{deciderOf(decision)}</strong> {decisionWords[decision.decision]} on {moment(decision.at)}.
            {decision.reason && (
              <>
                {' '}
                Reason: <bdi>{decision.reason}</bdi>
              </>
            )}
            {decision.comment && (
              <>
                {' '}
                Comment: <bdi>{decision.comment}</bdi>
              </>
            )}
          </p>
        ) : (
          <p>
            {review.status === 'expired' ? (
              <>
                <strong>This review has expired. </strong>
                Nobody decided by {moment(review.expires_at)}, and the run went on without. <strong>Next: </strong>
                {mine === null ? 'start the run again.' : 'copy your text, then start the run again.'}
              </>
            ) : (
              ended[review.status]
            )}
          </p>
        )}
        <p>
          <Link to={`/runs/${review.run_id}`}>See the run</Link>
        </p>
      </output>
      {mine !== null && <KeptText text={mine} id={review.id} />}
      <section className={css.panel} aria-label={heading}>
        <div className={css.panelHead}>
          <h3>{heading}</h3>
          {review.demo && <DemoBadge />}
        </div>
        <div className={`${css.panelBody} ${css.prose}`}>
          {textOf(value) === null ? <ValueText value={value} /> : <Markdown text={textOf(value) ?? ''} />}
        </div>
        {edited && (
          <div className={css.changes}>
            <h4>Changes to the proposal</h4>
            <DiffView before={readable(decision.original)} after={readable(decision.value)} label="Changes" />
          </div>
        )}
      </section>
    </>
  );
}
