import { useElementSize } from '@mantine/hooks';
import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Review, Step } from '../api/shapes.ts';
import { counted } from '../parts/money.ts';
import { span, took, useNow } from '../parts/time.tsx';
import { deciderOf } from '../reviews/holder.ts';
import { idOfAttempt } from './trace-ids.ts';
import css from './run-page.module.css';
import { linesOf, scaleOf, type Interval, type Scale } from './time-scale.ts';
import bars from './timeline.module.css';

const tones: Record<string, string> = {
  accepted: 'good',
  accepted_under_exhaustion: 'warn',
  rejected: 'bad',
  invalid: 'bad',
  unsure: 'warn',
};

interface Bar extends Interval {
  step: Step;
  key: string;
  to_page: { pathname: string } | { hash: string };
  label: string;
  tone: string;
}

/** When each attempt ran and when a person was waited for. Times in which nothing ran are folded to a hatched strip. */
export function Timeline({ steps, reviews, ended }: { steps: Step[]; reviews: Review[]; ended: string | null }) {
  const now = useNow();
  const attempts = steps.flatMap((step) => attemptsOf(step, ended));
  const waits = steps.flatMap((step) => waitsOf(step, reviews, now));
  if (attempts.length === 0) return null;
  // A wait is a gap in the work; its end is a moment of it, so that the last one has a width.
  const scale = scaleOf([...attempts, ...waits.map(({ to }) => ({ from: to, to }))]);
  const rows = steps.filter((step) => [...attempts, ...waits].some((bar) => bar.step === step));
  const waited = waits.reduce((sum, { from, to }) => sum + to - from, 0);
  return (
    <section className={css.card} aria-labelledby="timeline-heading">
      <div className={css.cardHead}>
        <h2 id="timeline-heading">Timeline</h2>
        <span className="quiet number">
          {took(scale.active)} of work{waits.length > 0 && `, ${span(waited)} of waiting for ${counted(waits.length, 'decision')}`}
        </span>
      </div>
      <div className={bars.rows}>
        {rows.map((step) => (
          <Row
            key={`${step.step} ${step.occurrence}`}
            step={step}
            scale={scale}
            stretches={[...attempts, ...waits].filter((each) => each.step === step)}
          >
            {scale.gaps.map((gap) => (
              <span
                key={gap.at}
                className={bars.gap}
                style={{ left: `${gap.at}%`, width: `${gap.width}%` }}
                title={`no call ran for ${took(gap.ms)}`}
              />
            ))}
          </Row>
        ))}
        {scale.gaps.length > 0 && (
          <p className={bars.note}>Hatched, not to scale: no call ran for {scale.gaps.map((gap) => took(gap.ms)).join(', ')}.</p>
        )}
      </div>
    </section>
  );
}

const attemptsOf = (step: Step, ended: string | null): Bar[] =>
  step.attempts.map((attempt) => {
    const at = interval(attempt.started_at, attempt.ended_at ?? ended);
    return {
      ...at,
      step,
      key: `attempt ${attempt.attempt}`,
      to_page: { hash: idOfAttempt(step, attempt) },
      label: `${step.step} attempt ${attempt.attempt}: ${attempt.outcome?.replaceAll('_', ' ') ?? 'under way'}, ${took(at.to - at.from)}`,
      tone: attempt.outcome === null ? 'info' : (tones[attempt.outcome] ?? ''),
    };
  });

/** A person was asked, and decided after so long or has not yet. When a question was withdrawn or ran out is not on its record: no bar. */
const waitsOf = (step: Step, reviews: Review[], now: number): Bar[] =>
  reviews
    .filter((review) => review.step === step.step && review.occurrence === step.occurrence)
    .filter(({ decision, status }) => decision !== null || status === 'pending')
    .map((review) => {
      const { decision } = review;
      const from = Date.parse(review.created_at);
      const to = Math.max(from + 1, decision ? Date.parse(decision.at) : now);
      const who = decision ? `${deciderOf(decision)} decided after` : 'waits for a person since';
      return {
        from,
        to,
        step,
        key: review.id,
        to_page: { pathname: `/reviews/${review.id}` },
        label: `${step.step}: ${who} ${span(to - from)}`,
        tone: 'wait',
      };
    });

/** How small a place may be to be hit with a finger, in px (WCAG 2.5.8). */
const targetPx = 24;

function Row({ step, scale, stretches, children }: { step: Step; scale: Scale; stretches: Bar[]; children: ReactNode }) {
  const { ref, width: trackPx } = useElementSize<HTMLSpanElement>();
  const places = stretches.map(({ from, to }) => ({ at: scale.place(from), width: Math.max(0.4, scale.place(to) - scale.place(from)) }));
  const lines = linesOf(places, trackPx === 0 ? 0 : Math.min(100, (100 * targetPx) / trackPx));
  return (
    <>
      <span className={bars.name}>
        {step.step}
        {step.occurrence > 1 ? ` ${step.occurrence}` : ''}
      </span>
      <span ref={ref} className={bars.track} style={{ height: targetPx * (Math.max(0, ...lines) + 1) }}>
        {children}
        {stretches.map(({ key, to_page, label, tone }, n) => {
          const { at, width } = places[n]!;
          const top = targetPx * (lines[n] ?? 0);
          const tones = [bars.bar, bars[tone] ?? '', step.superseded_by === null ? '' : bars.older].join(' ');
          return (
            <Fragment key={key}>
              <span className={tones} style={{ top: top + 6, left: `${at}%`, width: `${width}%` }} />
              <Link
                to={to_page}
                aria-label={label}
                title={label}
                className={bars.target}
                style={{ top, left: `min(${at}%, 100% - ${targetPx}px)`, width: `max(${targetPx}px, ${width}%)`, height: targetPx }}
              />
            </Fragment>
          );
        })}
      </span>
    </>
  );
}

const interval = (from: string, to: string | null): Interval => ({
  from: Date.parse(from),
  to: Math.max(Date.parse(from) + 1, to === null ? Date.now() : Date.parse(to)),
});
