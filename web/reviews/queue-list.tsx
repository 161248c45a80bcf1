import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { memo, type RefObject } from 'react';
import { Link } from 'react-router';
import type { Showing } from '../api/queries.ts';
import type { QueueCount, Review } from '../api/shapes.ts';
import { giveFocus } from '../app/focus.ts';
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
  open(review: Review): void;
}

export function QueueList({ queue, selected, me, filterBox, warm, open }: Props) {
  const { items, query, text, setText, status, setStatus, name, setName, queues } = queue;
  const many = queues.length > 1 || name !== '';
  return (
    <>
      <Tools
        size={query.isSuccess ? sizeOf(queue) : ''}
        queues={many ? queues : null}
        {...{ text, setText, status, setStatus, name, setName, filterBox }}
      />
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
            <QueueRow
              key={review.id}
              review={review}
              me={me}
              current={review.id === selected}
              inQueue={!many || name !== ''}
              warm={warm}
              open={open}
            />
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

type ToolsProps = Pick<Queue, 'text' | 'setText' | 'status' | 'setStatus' | 'name' | 'setName'> &
  Pick<Props, 'filterBox'> & { size: string; /** Null: there is but one, and nothing to choose. */ queues: QueueCount[] | null };

/** What stands above the list. A move through the list does not touch it. */
const Tools = memo(function Tools({ size, queues, text, setText, status, setStatus, name, setName, filterBox }: ToolsProps) {
  return (
    <div className={css.tools}>
      <div className={css.heading}>
        <h2>Queue</h2>
        <span className="quiet number" aria-live="polite">
          {size}
        </span>
      </div>
      {queues && (
        <NativeSelect
          size="xs"
          aria-label="Which queue"
          data={[{ value: '', label: 'All queues' }, ...optionsOf(queues, name)]}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <div className={css.filters}>
        <TextInput
          ref={filterBox}
          size="xs"
          aria-label="Filter the queue"
          dir="auto"
          placeholder="Filter ( / )"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setText('');
              giveFocus('[data-review][aria-current]', '[data-review]');
            }
            if (event.key === 'Enter') giveFocus('[data-review][aria-current]', '[data-review]');
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
  );
});

/** With what waits in each, the overdue in words. The chosen one is there even when it is empty. */
function optionsOf(queues: QueueCount[], name: string): { value: string; label: string }[] {
  const known = queues.some(({ queue }) => queue === name) || name === '' ? queues : [...queues, { queue: name, pending: 0, overdue: 0 }];
  return known.map(({ queue, pending, overdue }) => ({
    value: queue,
    label: `${queue} (${pending}${overdue > 0 ? `, ${overdue} overdue` : ''})`,
  }));
}

function sizeOf({ items, query, total }: Queue): string {
  if (total !== null && query.hasNextPage) return `${items.length} of ${total} items`;
  return `${counted(items.length, 'item')}${query.hasNextPage ? ' and more' : ''}`;
}

function Nothing({ queue: { text, setText, status, name, setName } }: { queue: Queue }) {
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
  if (name !== '')
    return (
      <Empty title={`The queue ${name} is clear`}>
        <Button size="xs" variant="default" onClick={() => setName('')}>
          Show all queues
        </Button>
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
