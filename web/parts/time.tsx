import { useSyncExternalStore } from 'react';

const minute = 60_000;
const tickMs = 5_000;
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;

/** One clock for the whole page: everything that says "in 5 min" moves together. To the second, so that a render sees one time. */
function follow(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && ticking) {
      clearInterval(ticking);
      ticking = null;
    }
  };
}
export const useNow = (): number => useSyncExternalStore(follow, () => Math.floor(Date.now() / 1000) * 1000);

/** A span in its two largest useful units: `45 s`, `12 min`, `3 h 20 min`, `5 d`. */
export function span(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1000);
  if (s < 60) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 === 0 || h > 9 ? `${h} h` : `${h} h ${min % 60} min`;
  return `${Math.floor(h / 24)} d`;
}

/** How long a call took, to the precision that matters: `85 ms`, `1.2 s`, `2 min`. */
export const took = (ms: number | null): string => {
  if (ms === null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms);
};

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
export const moment = (iso: string): string => full.format(new Date(iso));

export function Ago({ at }: { at: string }) {
  const past = useNow() - Date.parse(at);
  return (
    <time dateTime={at} title={moment(at)}>
      {past < minute / 2 ? 'just now' : `${span(past)} ago`}
    </time>
  );
}

/** When an answer is due. Overdue is said in words, not only in colour. */
export function Due({ at, className, late }: { at: string; className?: string | undefined; late?: string | undefined }) {
  const left = Date.parse(at) - useNow();
  return (
    <time dateTime={at} title={`due ${moment(at)}`} className={left < 0 ? late : className}>
      {left < 0 ? `overdue ${span(left)}` : `due in ${span(left)}`}
    </time>
  );
}
