import { Link } from 'react-router';
import type { Step } from '../api/shapes.ts';
import { took } from '../parts/time.tsx';
import { idOfAttempt } from './trace-ids.ts';
import css from './run-page.module.css';
import { scaleOf, type Interval } from './time-scale.ts';
import bars from './timeline.module.css';

const tones: Record<string, string> = {
  accepted: 'good',
  accepted_under_exhaustion: 'warn',
  rejected: 'bad',
  invalid: 'bad',
  unsure: 'warn',
};

/** When each attempt ran. Hours in which nothing ran (a person's wait) are folded to a hatched strip. */
export function Timeline({ steps, ended }: { steps: Step[]; ended: string | null }) {
  const attempts = steps.flatMap((step) =>
    step.attempts.map((attempt) => ({ step, attempt, ...interval(attempt.started_at, attempt.ended_at ?? ended) })),
  );
  if (attempts.length === 0) return null;
  const scale = scaleOf(attempts);
  const rows = steps.filter((step) => step.attempts.length > 0);
  return (
    <section className={css.card} aria-labelledby="timeline-heading">
      <div className={css.cardHead}>
        <h2 id="timeline-heading">Timeline</h2>
        <span className="quiet number">{took(scale.active)} of work</span>
      </div>
      <div className={bars.rows}>
        {rows.map((step) => (
          <Row key={`${step.step} ${step.occurrence}`} step={step}>
            {scale.gaps.map((gap) => (
              <span
                key={gap.at}
                className={bars.gap}
                style={{ left: `${gap.at}%`, width: `${gap.width}%` }}
                title={`nothing ran for ${took(gap.ms)}`}
              />
            ))}
            {attempts
              .filter((each) => each.step === step)
              .map(({ attempt, from, to }) => {
                const tone = attempt.outcome === null ? 'info' : tones[attempt.outcome];
                const label = `${step.step} attempt ${attempt.attempt}: ${attempt.outcome?.replaceAll('_', ' ') ?? 'under way'}, ${took(to - from)}`;
                return (
                  <Link
                    key={attempt.attempt}
                    to={{ hash: idOfAttempt(step, attempt) }}
                    aria-label={label}
                    title={label}
                    className={[bars.bar, tone ? bars[tone] : '', step.superseded_by === null ? '' : bars.older].join(' ')}
                    style={{ left: `${scale.place(from)}%`, width: `${Math.max(0.4, scale.place(to) - scale.place(from))}%` }}
                  />
                );
              })}
          </Row>
        ))}
        {scale.gaps.length > 0 && (
          <p className={bars.note}>Hatched, not to scale: nothing ran for {scale.gaps.map((gap) => took(gap.ms)).join(', ')}.</p>
        )}
      </div>
    </section>
  );
}

function Row({ step, children }: { step: Step; children: React.ReactNode }) {
  return (
    <>
      <span className={bars.name}>
        {step.step}
        {step.occurrence > 1 ? ` ${step.occurrence}` : ''}
      </span>
      <span className={bars.track}>{children}</span>
    </>
  );
}

const interval = (from: string, to: string | null): Interval => ({
  from: Date.parse(from),
  to: Math.max(Date.parse(from) + 1, to === null ? Date.now() : Date.parse(to)),
});
