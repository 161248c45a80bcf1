import { diffArrays } from 'diff';
import { useDeferredValue, useMemo } from 'react';
import { folded } from './folded.ts';
import { counted } from './money.ts';
import css from './diff-view.module.css';

/** Two very different long texts take seconds to compare; past this the diff says it gave up. */
const limitMs = 400;

/** Words as the language has them: `12.90` is one, and scripts without spaces are cut too. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
const wordsOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** What changed word by word. Colour is doubled by underline and strike-through. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const later = useDeferredValue(after);
  const parts = useMemo(
    () => diffArrays(wordsOf(before), wordsOf(later), { timeout: limitMs })?.map((part) => ({ ...part, value: part.value.join('') })),
    [before, later],
  );
  if (!parts) return <p className="quiet">The texts differ too much to be compared word by word.</p>;
  const words = (pick: 'added' | 'removed'): number =>
    parts.filter((part) => part[pick]).reduce((n, part) => n + part.value.split(/\s+/).filter(Boolean).length, 0);
  if (words('added') + words('removed') === 0)
    return <p className="quiet">{before === later ? 'No changes.' : 'Only spaces and line ends changed.'}</p>;
  return (
    <section aria-label={label}>
      <p className="quiet">
        {counted(words('removed'), 'word')} removed, {counted(words('added'), 'word')} added
      </p>
      <div className={css.diff} dir="auto">
        {parts.map((part, i) =>
          part.added ? (
            <ins key={i}>{part.value}</ins>
          ) : part.removed ? (
            <del key={i}>{part.value}</del>
          ) : (
            <span key={i}>{folded(part.value, { first: i === 0, last: i === parts.length - 1 })}</span>
          ),
        )}
      </div>
    </section>
  );
}
