import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import type { RefObject } from 'react';
import { Link } from 'react-router';
import type { Showing } from '../api/queries.ts';
import type { Review } from '../api/shapes.ts';
import { counted } from '../parts/money.ts';
import { Empty, ProblemView } from '../parts/problem-view.tsx';
import css from './queue-page.module.css';
import { QueueRow } from './queue-row.tsx';
import type { Queue } from './use-queue.ts';

const statuses = [
  { value: 'pending', label: 'Pending' },
  { value: 'decided', label: 'Decided' },
  { value: 'all', label: 'All' },
];

interface Props {
  queue: Queue;
  selected: string | null;
  me: string | null;
  filterBox: RefObject<HTMLInputElement | null>;
  warm(review: Review): void;
}

export function QueueList({ queue, selected, me, filterBox, warm }: Props) {
  const { items, query, text, setText, status, setStatus } = queue;
  return (
    <>
      <div className={css.tools}>
        <div className={css.heading}>
          <h2>Queue</h2>
          <span className="quiet number" aria-live="polite">
            {query.isSuccess ? `${counted(items.length, 'item')}${query.hasNextPage ? ' and more' : ''}` : ''}
          </span>
        </div>
        <div className={css.filters}>
          <TextInput
            ref={filterBox}
            size="xs"
            aria-label="Filter the queue"
            placeholder="Filter ( / )"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                setText('');
                event.currentTarget.blur();
              }
              if (event.key === 'Enter') event.currentTarget.blur();
            }}
          />
          <NativeSelect
            size="xs"
            aria-label="Which reviews"
            data={statuses}
            value={status}
            onChange={(event) => setStatus(event.currentTarget.value as Showing)}
          />
        </div>
      </div>
      <nav className={css.scroll} aria-label="Reviews">
        {query.isPending && <Loading />}
        {query.isError && items.length === 0 && (
          <div className={css.blank}>
            <ProblemView error={query.error} retry={() => void query.refetch()} />
          </div>
        )}
        {query.isSuccess && items.length === 0 && <Nothing queue={queue} />}
        <ul>
          {items.map((review) => (
            <QueueRow key={review.id} review={review} me={me} current={review.id === selected} warm={() => warm(review)} />
          ))}
        </ul>
        {query.hasNextPage && (
          <div className={css.more}>
            <Button fullWidth size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load more
            </Button>
          </div>
        )}
      </nav>
    </>
  );
}

function Nothing({ queue: { text, setText, status } }: { queue: Queue }) {
  if (text !== '')
    return (
      <Empty title={`Nothing matches “${text}”`}>
        <Button size="xs" variant="default" onClick={() => setText('')}>
          Clear the filter
        </Button>
      </Empty>
    );
  if (status !== 'pending')
    return (
      <Empty title="No reviews here yet">
        <p>Decided reviews are listed once somebody has decided one.</p>
      </Empty>
    );
  return (
    <Empty title="The queue is clear">
      <p>
        Nothing waits for a person. <Link to="/new">Start a run</Link> or look at <Link to="/runs">what is running</Link>.
      </p>
    </Empty>
  );
}

function Loading() {
  return (
    <div aria-hidden className={css.blank}>
      {Array.from({ length: 7 }, (_, i) => (
        <div key={i}>
          <Skeleton height={14} width={`${85 - (i % 3) * 15}%`} mb={6} />
          <Skeleton height={11} width="55%" mb={22} />
        </div>
      ))}
    </div>
  );
}
