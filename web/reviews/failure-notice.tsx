import { Button, CopyButton } from '@mantine/core';
import { useState } from 'react';
import type { Review } from '../api/shapes.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { readable } from '../parts/record.ts';
import css from './failure-notice.module.css';
import { deciderOf } from './holder.ts';
import { forgetKept } from './kept-text.ts';
import type { Draft } from './use-draft.ts';
import type { Failure } from './use-decide.tsx';

interface Props {
  failure: Failure;
  review: Review;
  draft: Draft;
  again(): void;
  dismiss(): void;
}

/** A decision that the server did not store: why, what stands instead, and what can be done with the words already typed. */
export function FailureNotice({ failure, review, draft, again, dismiss }: Props) {
  const { problem, body } = failure;
  const typed = body.reason ?? body.comment ?? (body.value === undefined ? null : readable(body.value));
  const moved = problem.status === 409 && review.status === 'pending' && review.version !== body.version;
  const lost = problem.status === 409 && review.status !== 'pending';
  return (
    <>
      <div className={css.notice} role="alert">
        <h3>Your decision was not stored: {problem.title}</h3>
        <p>
          {lost && review.decision
            ? `${deciderOf(review.decision)} decided first; what stands now is below.`
            : `${problem.message}.`.replace(/([.!?])\.$/, '$1')}
        </p>
        <p>
          <strong>Next: </strong>
          {moved
            ? 'Read the current version, then decide on that.'
            : problem.code === 'unreachable'
              ? 'Look at the terminal that runs trimtab, then try again: it is the same decision, and counts once.'
              : problem.next}
        </p>
        <div className={css.row}>
          {problem.status >= 500 && problem.requestId && (
            <span className="quiet">
              request <code>{problem.requestId}</code>
            </span>
          )}
          {moved && typed !== null && body.decision === 'edit' && (
            <Button
              size="xs"
              onClick={() => {
                draft.rebase(typed);
                dismiss();
              }}
            >
              Use my text on the current version
            </Button>
          )}
          {(problem.code === 'review_claimed' || (problem.status !== 409 && problem.status !== 422)) && (
            <Button size="xs" onClick={again}>
              Try again
            </Button>
          )}
          <Button size="xs" variant="default" onClick={dismiss}>
            Dismiss
          </Button>
        </div>
      </div>
      {typed !== null && lost && body.decision !== 'edit' && <KeptText text={typed} id={review.id} />}
    </>
  );
}

/** Words that could not be used. They stay until they are copied or thrown away. */
export function KeptText({ text, id }: { text: string; id: string }) {
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  return (
    <section className={css.kept} aria-label="Your text">
      <h3>Your text is kept</h3>
      <ScrollBox label="What you typed" className={css.typed}>
        {text}
      </ScrollBox>
      <div className={css.row}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            forgetKept(id);
            setShown(false);
          }}
        >
          Throw it away
        </Button>
      </div>
    </section>
  );
}
