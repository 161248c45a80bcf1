import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { chainsQuery, runQuery, runsQuery, stepsQuery } from '../api/queries.ts';
import type { Run, RunStatus } from '../api/shapes.ts';
import { giveFocus, stepFocus } from '../app/focus.ts';
import { useKey } from '../app/keys.ts';
import { Badge, DemoBadge, StatusBadge } from '../parts/badge.tsx';
import { money } from '../parts/money.ts';
import { Empty, ProblemView } from '../parts/problem-view.tsx';
import { Ago, span, took, useNow } from '../parts/time.tsx';
import { askedIn } from '../reviews/review-facts.ts';
import css from './runs-page.module.css';

const statuses = [
  { value: '', label: 'Any status' },
  { value: 'running', label: 'Running' },
  { value: 'waiting', label: 'Waiting for a person' },
  { value: 'blocked', label: 'Blocked' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
];

export function RunsPage() {
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('q') ?? '');
  const q = params.get('q') ?? '';
  const chain = params.get('chain') ?? '';
  const status = (params.get('status') ?? '') as RunStatus | '';
  const box = useRef<HTMLInputElement>(null);
  useKey('/,shift+/', () => box.current?.focus());
  useKey('j', () => stepFocus('[data-run]', 1));
  useKey('k', () => stepFocus('[data-run]', -1));
  const put = (key: string, value: string): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(key, value);
        else next.delete(key);
        return next;
      },
      { replace: true },
    );
  const search = useDebouncedCallback((words: string) => put('q', words.trim()), 200);
  const write = (words: string): void => {
    setText(words);
    search(words);
  };
  const query = useInfiniteQuery({ ...runsQuery({ chain, status, q }), placeholderData: keepPreviousData });
  const chains = useQuery(chainsQuery()).data ?? [];
  const runs = (query.data?.pages ?? []).flatMap((page) => page.data);
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>Runs</h1>
        <NativeSelect
          size="xs"
          aria-label="Chain"
          data={[{ value: '', label: 'Any chain' }, ...chains.map(({ name }) => ({ value: name, label: name }))]}
          value={chain}
          onChange={(event) => put('chain', event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label="Status"
          data={statuses}
          value={status}
          onChange={(event) => put('status', event.currentTarget.value)}
        />
        <TextInput
          ref={box}
          size="xs"
          aria-label="Search runs"
          placeholder="Search ( / )"
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              write('');
              giveFocus('[data-run]');
            }
          }}
        />
        <Button component={Link} to="/new" size="xs">
          New ticket
        </Button>
      </div>
      {query.isPending && (
        <div aria-hidden>
          {Array.from({ length: 8 }, (_, i) => (
            <Skeleton key={i} height={38} mb={8} />
          ))}
        </div>
      )}
      {query.isError && runs.length === 0 && <ProblemView error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && runs.length === 0 && (
        <NoRuns
          filtered={Boolean(chain || status || q)}
          clear={() => {
            setText('');
            setParams({});
          }}
        />
      )}
      {runs.length > 0 && <Table runs={runs} />}
      {query.hasNextPage && (
        <div className={css.more}>
          <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}

function NoRuns({ filtered, clear }: { filtered: boolean; clear(): void }) {
  if (filtered)
    return (
      <Empty title="No run matches">
        <Button size="xs" variant="default" onClick={clear}>
          Clear the filters
        </Button>
      </Empty>
    );
  return (
    <Empty title="No run yet">
      <p>
        A run starts when a ticket comes in over the API, or when you <Link to="/new">paste one</Link>.
      </p>
    </Empty>
  );
}

function Table({ runs }: { runs: Run[] }) {
  return (
    <div className={css.frame}>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Run</th>
            <th className={css.status}>Status</th>
            <th className={css.chain}>Chain</th>
            <th className={`${css.small} ${css.right}`}>Attempts</th>
            <th className={`${css.small} ${css.right}`}>Cost</th>
            <th className={`${css.small} ${css.right}`}>Took</th>
            <th className={`${css.when} ${css.right}`}>Started</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run }: { run: Run }) {
  const queries = useQueryClient();
  const { subject, from } = askedIn(run.input, run.id);
  const warm = (): void => {
    void queries.prefetchQuery(runQuery(run.id));
    void queries.prefetchQuery(stepsQuery(run.id));
  };
  return (
    <tr onMouseEnter={warm}>
      <td>
        <Link className={css.link} to={`/runs/${run.id}`} data-run={run.id} dir="auto">
          {subject}
        </Link>
        {run.error ? (
          <span className={`${css.under} ${css.bad}`}>{run.error.message}</span>
        ) : (
          <span className={css.under}>{from ?? run.id}</span>
        )}
      </td>
      <td className={css.beside}>
        <StatusBadge status={run.status} />
      </td>
      <td className={css.beside}>
        {run.chain}
        {run.demo && (
          <span className={css.demo}>
            <DemoBadge />
          </span>
        )}
        {typeof run.metadata['evaluation'] === 'string' && (
          <span className={css.demo}>
            <Badge title={`${run.metadata['evaluation']}: ${String(run.metadata['case'])}`}>evaluation</Badge>
          </span>
        )}
      </td>
      <td className={`${css.right} ${css.beside} number`} data-label="attempts">
        {run.usage.attempts}
      </td>
      <td className={`${css.right} ${css.beside} number`} data-label="cost">
        {money(run.usage.cost_usd)}
      </td>
      <td className={`${css.right} ${css.beside} number`} data-label="took">
        <Duration run={run} />
      </td>
      <td className={`${css.right} ${css.beside} quiet`}>
        <Ago at={run.started_at} />
      </td>
    </tr>
  );
}

/** Wall time, a person's wait included. */
export function Duration({ run }: { run: Run }) {
  const now = useNow();
  const started = Date.parse(run.started_at);
  return <>{run.ended_at ? took(Date.parse(run.ended_at) - started) : span(Math.max(0, now - started))}</>;
}
