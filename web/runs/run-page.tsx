import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { reviewsOfQuery, runQuery, stepsQuery } from '../api/queries.ts';
import type { Run } from '../api/shapes.ts';
import { DemoBadge, StatusBadge } from '../parts/badge.tsx';
import { money } from '../parts/money.ts';
import { ProblemView } from '../parts/problem-view.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { safeUrl } from '../parts/safe-link.tsx';
import { Ago } from '../parts/time.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { record } from '../parts/record.ts';
import { ValueText } from '../parts/value-text.tsx';
import { InputView } from '../reviews/input-view.tsx';
import { askedIn } from '../reviews/review-facts.ts';
import { RunActions } from './run-actions.tsx';
import css from './run-page.module.css';
import { Duration } from './runs-page.tsx';
import { Timeline } from './timeline.tsx';
import { Trace } from './trace.tsx';

export function RunPage() {
  const { id = '' } = useParams();
  const run = useQuery(runQuery(id));
  const steps = useQuery(stepsQuery(id));
  const reviews = useQuery(reviewsOfQuery(id));
  if (run.isPending)
    return (
      <div className={css.page} aria-busy="true">
        <h1 className="hidden-text">Run</h1>
        <Skeleton height={26} width="50%" />
        <Skeleton height={56} />
        <Skeleton height={320} />
      </div>
    );
  if (run.isError)
    return (
      <div className={css.page}>
        <h1 className="hidden-text">Run</h1>
        <ProblemView error={run.error} retry={() => void run.refetch()} />
      </div>
    );
  return (
    <div className={css.page}>
      <Head run={run.data} />
      <Notice run={run.data} />
      <Facts run={run.data} />
      <div className={css.two}>
        <Card title="Input">
          <Input run={run.data} />
        </Card>
        <Card title="Output">
          <Output run={run.data} />
        </Card>
      </div>
      {steps.isPending && <Skeleton height={240} />}
      {steps.isError && <ProblemView error={steps.error} retry={() => void steps.refetch()} />}
      {steps.data && steps.data.length > 0 && <Timeline steps={steps.data} reviews={reviews.data ?? []} ended={run.data.ended_at} />}
      {steps.data && <Trace key={id} steps={steps.data} reviews={reviews.data ?? []} />}
    </div>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.card}>
      <div className={css.cardHead}>
        <h2>{title}</h2>
      </div>
      <ScrollBox className={`${css.cardBody} ${css.tall}`} label={`${title} of the run`} dir="auto">
        {children}
      </ScrollBox>
    </section>
  );
}

function Head({ run }: { run: Run }) {
  const { subject, from } = askedIn(run.input, run.id);
  const temporal = run.temporal_url && safeUrl(run.temporal_url) ? run.temporal_url : null;
  return (
    <header className={css.head}>
      <div className={css.titles}>
        <h1 dir="auto">{subject}</h1>
        <div className={css.meta}>
          <StatusBadge status={run.status} />
          {run.demo && <DemoBadge />}
          <span>{run.chain}</span>
          {from && <span>from {from}</span>}
          {run.user && <span>started by {run.user}</span>}
          <span>
            started <Ago at={run.started_at} />
          </span>
          <code>{run.id}</code>
        </div>
      </div>
      <div className={css.actions}>
        {temporal && (
          <Button component="a" href={temporal} target="_blank" rel="noopener" size="xs" variant="default">
            Temporal history
          </Button>
        )}
        <RunActions run={run} />
      </div>
    </header>
  );
}

/** A run that is on its way may carry an error too: it cannot go on as things are. */
const errorWords: Partial<Record<Run['status'], string>> = {
  blocked: 'Blocked',
  running: 'Stands still',
  waiting: 'Stands still',
  cancelled: 'Cancelled',
};

function Notice({ run }: { run: Run }) {
  if (run.error) {
    return (
      <output className={css.blocked}>
        <p>
          <strong>
            {errorWords[run.status] ?? 'Failed'}
            {run.error.step ? ` in ${run.error.step}` : ''}:{' '}
          </strong>
          {run.error.message}
        </p>
        <p>
          <b>Next: </b>
          {run.error.next}
        </p>
      </output>
    );
  }
  if (run.status !== 'waiting') return null;
  return (
    <div className={css.waiting}>
      <span>A person has to decide before this goes on.</span>
      {run.review_id && (
        <Button component={Link} to={`/reviews/${run.review_id}`} size="xs">
          Open the review
        </Button>
      )}
    </div>
  );
}

function Facts({ run }: { run: Run }) {
  const { usage } = run;
  const facts: [string, ReactNode][] = [
    ['Attempts', usage.attempts],
    ['Cost', usage.unknown_cost_calls > 0 ? `${money(usage.cost_usd)} + ${usage.unknown_cost_calls} unknown` : money(usage.cost_usd)],
    ['Tokens in', usage.input_tokens.toLocaleString('en')],
    ['Tokens out', usage.output_tokens.toLocaleString('en')],
    ['Took', <Duration key="d" run={run} />],
  ];
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={css.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Input({ run }: { run: Run }) {
  if (run.input === null || run.input === undefined) return <p className="quiet">The input was deleted.</p>;
  return <InputView input={run.input} elsewhere={['from']} />;
}

/** A text among the output is read as text; what stands beside it follows as JSON. */
function Output({ run }: { run: Run }) {
  if (run.output === null || run.output === undefined) return <p className="quiet">{run.ended_at ? 'There is none.' : 'Nothing yet.'}</p>;
  const fields = record(run.output) ?? {};
  const name = ['text', 'answer'].find((each) => typeof fields[each] === 'string');
  if (name === undefined) return <ValueText value={run.output} />;
  const rest = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  return (
    <>
      <Markdown text={fields[name] as string} />
      {Object.keys(rest).length > 0 && (
        <div className={css.rest}>
          <ValueText value={rest} />
        </div>
      )}
    </>
  );
}
