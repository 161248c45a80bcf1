import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { problemOf } from '../api/problem.ts';
import css from './problem-view.module.css';

/** What happened, why, and what to do next. */
export function ProblemView({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { title, message, next, requestId } = problemOf(error);
  return (
    <div className={css.problem} role="alert">
      <h2>{title}</h2>
      <p>{message}</p>
      <p className={css.next}>
        <strong>Next: </strong>
        {next}
      </p>
      <div className={css.foot}>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {requestId && (
          <span className="quiet">
            request <code>{requestId}</code>
          </span>
        )}
      </div>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
