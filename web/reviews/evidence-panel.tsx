import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import type { Passage } from '../api/shapes.ts';
import { Badge } from '../parts/badge.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { SafeLink, safeUrl } from '../parts/safe-link.tsx';
import css from './evidence-panel.module.css';

const idOf = (n: number): string => `passage-${n}`;

/** Bring the n-th passage into view and give it the focus, so that a keyboard goes on from there. */
export function showPassage(n: number): void {
  const card = document.getElementById(idOf(n));
  card?.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  card?.focus({ preventScroll: true });
}

interface Props {
  passages: Passage[];
  /** Whether a step or a tool looked for passages. */ searched: boolean;
  loading: boolean;
  cited: number[];
  active: number | null;
}

export function EvidencePanel({ passages, searched, loading, cited, active }: Props) {
  const numbered = passages.map((passage, i) => ({ passage, n: i + 1, cited: cited.includes(i + 1) }));
  const ordered = [...numbered.filter((each) => each.cited), ...numbered.filter((each) => !each.cited)];
  return (
    <ScrollBox className={css.panel} label="Evidence">
      <div className={css.head}>
        <h3>Evidence</h3>
        {passages.length > 0 && (
          <span className="quiet number">
            {numbered.filter((each) => each.cited).length} of {passages.length} cited
          </span>
        )}
      </div>
      {loading && (
        <div aria-hidden>
          <Skeleton height={84} mb={8} />
          <Skeleton height={84} />
        </div>
      )}
      {!loading && passages.length === 0 && (
        <p className="quiet">
          {searched
            ? 'No passage was found for this. The draft, if there is one, rests on the ticket alone.'
            : 'Nothing was looked up for this. What is proposed rests on what came in.'}
        </p>
      )}
      <ol className={css.list}>
        {ordered.map((each) => (
          <PassageCard key={`${each.n} ${each.passage.id}`} {...each} active={active === each.n} />
        ))}
      </ol>
    </ScrollBox>
  );
}

/** A passage this long is cut until somebody wants the rest. */
const longText = 260;

function PassageCard({ passage, n, cited, active }: { passage: Passage; n: number; cited: boolean; active: boolean }) {
  const [whole, setWhole] = useState(false);
  const long = passage.text.length > longText;
  const url = passage.url && safeUrl(passage.url);
  return (
    <li id={idOf(n)} tabIndex={-1} className={active ? `${css.passage} ${css.active}` : css.passage}>
      <div className={css.title}>
        <span className={cited ? `${css.number} ${css.cited}` : css.number}>{n}</span>
        <bdi className={css.name}>{passage.title}</bdi>
      </div>
      <div className={css.meta}>
        <span>{passage.source}</span>
        {passage.trust === 'untrusted' && (
          <Badge tone="warn" title="Not written by us: read it with care.">
            outside text
          </Badge>
        )}
        {url && <SafeLink href={passage.url!}>{url.host}</SafeLink>}
      </div>
      <div className={long && !whole && !active ? `${css.text} ${css.clamped}` : css.text}>
        <Markdown text={passage.text} />
      </div>
      {long && !active && (
        <button type="button" className={css.toggle} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show all'}
          <span className="hidden-text"> of passage {n}</span>
        </button>
      )}
    </li>
  );
}
