import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useMatch, useNavigate } from 'react-router';
import { meQuery, reviewQuery, runQuery } from '../api/queries.ts';
import type { Review } from '../api/shapes.ts';
import { useKey } from '../app/keys.ts';
import { Empty } from '../parts/problem-view.tsx';
import { useWide } from '../parts/wide.ts';
import { QueueList } from './queue-list.tsx';
import css from './queue-page.module.css';
import { ReviewDetail } from './review-detail.tsx';
import { askedOf } from './review-facts.ts';
import { useDecide } from './use-decide.tsx';
import { useQueue, type Queue } from './use-queue.ts';

/** The queue: the list, and the selected item in one screen. */
export function QueuePage() {
  const id = useMatch('/reviews/:id')?.params.id ?? null;
  const navigate = useNavigate();
  const isWide = useWide();
  const filterBox = useRef<HTMLInputElement>(null);
  /** The item in which something is being typed. */
  const busy = useRef<string | null>(null);
  const open = useCallback(
    (review: Review | undefined) => {
      void navigate(review ? `/reviews/${review.id}` : '/', { replace: false });
    },
    [navigate],
  );
  const refused = useCallback(
    (review: Review) => {
      if (busy.current === null || busy.current === review.id) open(review);
    },
    [open],
  );
  const onBusy = useCallback((review: string, on: boolean) => {
    if (on) busy.current = review;
    else if (busy.current === review) busy.current = null;
  }, []);
  const deciding = useDecide(refused);
  const all = useQueue(deciding.gone);
  /** Another queue opens at its first item, unless something is being typed in this one. */
  const choose = all.setName;
  const setName = useCallback(
    (name: string): void => {
      choose(name);
      if (busy.current === null) open(undefined);
    },
    [choose, open],
  );
  const queue = { ...all, setName };
  const { items } = queue;
  const me = useQuery(meQuery()).data?.id ?? null;
  const place = items.findIndex((review) => review.id === id);
  const warm = useWarm();

  const first = items[0]?.id;
  useEffect(() => {
    if (id === null && isWide && first) void navigate(`/reviews/${first}`, { replace: true });
  }, [id, isWide, first, navigate]);
  const next = place < 0 ? items[0] : items[place + 1];
  useEffect(() => {
    if (next) warm(next);
  }, [next, warm]);
  useEffect(() => {
    document.querySelector(`[data-review="${CSS.escape(id ?? '')}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id]);

  const step = (by: number): void => {
    const to = place < 0 ? items[0] : items[place + by];
    if (to) open(to);
  };
  useKey('j', () => step(1));
  useKey('k', () => step(-1));
  useKey('/,shift+/', () => {
    filterBox.current?.focus();
    filterBox.current?.select();
  });

  const leave = (): void => open(place < 0 ? undefined : (items[place + 1] ?? items[place - 1]));
  return (
    <div className={css.page}>
      <h1 className="hidden-text">Review queue</h1>
      <section className={id === null ? css.list : `${css.list} ${css.listAway}`} aria-label="Queue">
        <QueueList queue={queue} selected={id} me={me} filterBox={filterBox} warm={warm} open={open} />
      </section>
      <div className={id === null ? `${css.detail} ${css.detailAway}` : css.detail}>
        {id === null ? (
          <Blank queue={queue} />
        ) : (
          <ReviewDetail key={id} id={id} me={me} deciding={deciding} leave={leave} onBusy={onBusy} />
        )}
      </div>
      <Announce items={items} place={place} />
    </div>
  );
}

/** Read an item before it is opened, so that it opens at once. */
function useWarm(): (review: Review) => void {
  const queries = useQueryClient();
  return useCallback(
    (review) => {
      void queries.prefetchQuery(reviewQuery(review.id));
      void queries.prefetchQuery(runQuery(review.run_id));
    },
    [queries],
  );
}

function Blank({ queue: { query, items } }: { queue: Queue }) {
  if (query.isPending || items.length > 0) return null;
  return (
    <div className={css.blank}>
      <Empty title="Nothing selected">
        <p>When something needs a person, it shows here with its evidence.</p>
      </Empty>
    </div>
  );
}

/** J and K move without moving the focus: say where they went. */
function Announce({ items, place }: { items: Review[]; place: number }) {
  const [text, setText] = useState('');
  const item = items[place];
  const said = item ? `${place + 1} of ${items.length}: ${askedOf(item).subject}` : '';
  useEffect(() => {
    const timer = setTimeout(() => setText(said), 150);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className="hidden-text" aria-live="polite">
      {text}
    </div>
  );
}
