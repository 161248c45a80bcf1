import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import type { Review, Step } from '../api/shapes.ts';
import { stepFocus } from '../app/focus.ts';
import { useKey } from '../app/keys.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Empty } from '../parts/problem-view.tsx';
import { AskedLine } from './asked-line.tsx';
import { AttemptView } from './attempt-view.tsx';
import css from './run-page.module.css';
import trace from './trace.module.css';
import { idOfAttempt } from './trace-ids.ts';

const allIds = (steps: Step[]): string[] => steps.flatMap((step) => step.attempts.map((attempt) => idOfAttempt(step, attempt)));

const isOf = (review: Review, step: Step): boolean => review.step === step.step && review.occurrence === step.occurrence;

/** Open at first: what the writing steps that stand have tried. */
const telling = (steps: Step[]): string[] => allIds(steps.filter((step) => step.kind === 'generate' && step.superseded_by === null));

/** Every step in the order of its calls, every attempt with what went in and what was said of it. */
export function Trace({ steps, reviews }: { steps: Step[]; reviews: Review[] }) {
  const { hash } = useLocation();
  const named = decodeURIComponent(hash.slice(1));
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const opened = new Set(telling(steps));
  const isOpen = (id: string): boolean => toggled.get(id) ?? (opened.has(id) || id === named);
  const all = (open: boolean): void => setToggled(new Map(allIds(steps).map((id) => [id, open])));
  useKey('j', () => stepFocus('[data-attempt]', 1));
  useKey('k', () => stepFocus('[data-attempt]', -1));
  const [shown, setShown] = useState('');
  if (shown !== named) {
    setShown(named);
    setToggled((old) => new Map(old).set(named, true));
  }
  useEffect(() => {
    if (named !== '') document.getElementById(named)?.scrollIntoView({ block: 'start' });
  }, [named]);
  if (steps.length === 0)
    return (
      <Empty title="No step has run yet">
        <p>Steps show here as they start.</p>
      </Empty>
    );
  return (
    <section className={css.trace} aria-labelledby="trace-heading">
      <div className={css.traceHead}>
        <h2 id="trace-heading">Trace</h2>
        <Button size="compact-sm" variant="default" onClick={() => all(true)}>
          Expand all
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => all(false)}>
          Collapse all
        </Button>
      </div>
      {steps.map((step) => (
        <article
          key={`${step.step} ${step.occurrence}`}
          className={step.superseded_by === null && step.status !== 'superseded' ? trace.step : `${trace.step} ${trace.older}`}
          aria-label={`${step.step}, call ${step.occurrence}`}
        >
          <StepHead step={step} asked={reviews.some((review) => review.status === 'pending' && isOf(review, step))} />
          {step.attempts.map((attempt, i) => {
            const id = idOfAttempt(step, attempt);
            return (
              <AttemptView
                key={id}
                id={id}
                step={step}
                attempt={attempt}
                before={step.attempts[i - 1]}
                open={isOpen(id)}
                named={id === named}
                toggle={(open) => setToggled((old) => (isOpen(id) === open ? old : new Map(old).set(id, open)))}
              />
            );
          })}
          {reviews
            .filter((review) => isOf(review, step))
            .toReversed()
            .map((review) => (
              <AskedLine key={review.id} review={review} />
            ))}
        </article>
      ))}
    </section>
  );
}

const tones: Record<Step['status'], Tone> = { running: 'info', accepted: 'good', failed: 'bad', superseded: 'plain' };
const kinds = { generate: 'writes', retrieve: 'looks things up', review: 'asks a person', act: 'acts' };

function StepHead({ step, asked }: { step: Step; asked: boolean }) {
  return (
    <div className={trace.stepHead}>
      <h3>{step.step}</h3>
      <span className="quiet">
        {kinds[step.kind]}
        {step.occurrence > 1 ? `, call ${step.occurrence}` : ''}
        {step.pass > 1 ? `, pass ${step.pass}` : ''}
      </span>
      <span className={trace.spring} />
      <Badge tone={tones[step.status]} dot={step.status === 'running'} busy={step.status === 'running'}>
        {step.superseded_by !== null ? `replaced by call ${step.superseded_by}` : asked ? 'waiting for a person' : step.status}
      </Badge>
    </div>
  );
}
