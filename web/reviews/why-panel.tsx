import { Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import type { Attempt, Review, Run, SourceReport, Step, Verdict } from '../api/shapes.ts';
import { OutcomeBadge } from '../parts/badge.tsx';
import { CheckIcon } from '../parts/icons.tsx';
import { counted, money } from '../parts/money.ts';
import { ProblemView } from '../parts/problem-view.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { VerdictLine } from '../parts/verdict-line.tsx';
import { isTool, ToolCalls } from '../runs/tool-calls.tsx';
import css from './evidence-panel.module.css';
import { howWords, toolOf } from './review-facts.ts';

/** Why this draft: who was asked, what was checked, what was tried, what it cost. */
export function WhyPanel({ review, run, trouble, again }: { review: Review; run: Run | undefined; trouble: Error | null; again(): void }) {
  const all = review.steps ?? [];
  const sources =
    all
      .filter((step) => step.kind === 'retrieve')
      .flatMap((step) => step.attempts.slice(-1))
      .at(-1)?.sources ?? [];
  const title = toolOf(review) === null ? 'Why this draft' : 'Why this call';
  const writing = all.filter((step) => step.kind === 'generate');
  return (
    <ScrollBox className={css.why} label={title}>
      <h3>{title}</h3>
      {!review.steps && !trouble && (
        <div aria-hidden>
          <Skeleton height={12} mb={8} />
          <Skeleton height={12} width="70%" />
        </div>
      )}
      {trouble && <ProblemView error={trouble} retry={again} />}
      {sources.length > 0 && (
        <div>
          <h4>Sources asked</h4>
          <ul className={css.sources}>
            {sources.map((source) => (
              <Source key={source.source} report={source} />
            ))}
          </ul>
        </div>
      )}
      {writing.length > 0 && (
        <div>
          <h4>Attempts</h4>
          <ol className={css.attempts}>
            {writing.flatMap((step) =>
              step.attempts.map((attempt) => (
                <AttemptLine key={`${step.step} ${step.occurrence} ${attempt.attempt}`} step={step} attempt={attempt} />
              )),
            )}
          </ol>
        </div>
      )}
      {writing.length === 0 && review.verdicts.length > 0 && (
        <div>
          <h4>Checks</h4>
          <ul>
            {review.verdicts.map((verdict, i) => (
              <VerdictLine key={i} verdict={verdict} />
            ))}
          </ul>
        </div>
      )}
      {run && (
        <p className={css.total}>
          {money(run.usage.cost_usd)}
          {run.usage.unknown_cost_calls > 0 && ` and ${counted(run.usage.unknown_cost_calls, 'call')} of unknown cost`} ·{' '}
          {counted(run.usage.input_tokens + run.usage.output_tokens, 'token')} · {counted(run.usage.attempts, 'attempt')} ·{' '}
          <Link to={`/runs/${run.id}`}>full trace</Link>
        </p>
      )}
    </ScrollBox>
  );
}

const sourceWords = { answered: '', empty: 'found nothing', unavailable: 'unavailable' };
function Source({ report }: { report: SourceReport }) {
  const said = report.status === 'answered' ? counted(report.passages, 'passage') : sourceWords[report.status];
  return (
    <li className={`${css.source} ${report.status === 'answered' ? '' : css[report.status]}`}>
      <span className={css.dot} aria-hidden />
      <span>
        <strong>{report.source}</strong>{' '}
        <span className="quiet">
          {said}
          {report.note ? `: ${report.note}` : ''}
        </span>
      </span>
    </li>
  );
}

function Passed({ verdicts }: { verdicts: Verdict[] }) {
  return (
    <p className={css.passed}>
      <CheckIcon size={14} /> <span className="quiet">passed </span>
      {verdicts.map(({ critic, score, reason }, i) => (
        <span key={`${critic} ${reason}`} title={reason}>
          {i > 0 && ', '}
          {critic}
          {score !== null && <span className="quiet number"> {score.toFixed(2)}</span>}
        </span>
      ))}
    </p>
  );
}

function AttemptLine({ step, attempt }: { step: Step; attempt: Attempt }) {
  const good = attempt.outcome === 'accepted';
  const telling = attempt.verdicts.filter((verdict) => verdict.verdict !== 'pass');
  const passed = good ? attempt.verdicts.filter((verdict) => verdict.verdict === 'pass') : [];
  return (
    <li className={css.attempt}>
      <p>
        <strong>
          {step.superseded_by === null ? '' : 'earlier pass, '}attempt {attempt.attempt}
        </strong>{' '}
        <span className="quiet">
          {howWords(step, attempt)}
          {attempt.model ? `, ${attempt.model}` : ''}
        </span>{' '}
        <OutcomeBadge outcome={attempt.outcome} />
      </p>
      {telling.length === 0 && attempt.error && <p className="quiet">{attempt.error}</p>}
      <ul>
        {telling.map((verdict, i) => (
          <VerdictLine key={i} verdict={verdict} />
        ))}
      </ul>
      {passed.length > 0 && <Passed verdicts={passed} />}
      {attempt.calls.some(isTool) && <ToolCalls calls={attempt.calls.filter(isTool)} />}
    </li>
  );
}
