import { useCallback, useState } from 'react';
import type { FieldError, Review } from '../api/shapes.ts';
import { readable, textOf } from '../parts/record.ts';
import { keep, kept } from './kept-text.ts';

/** `text` values are edited as prose, anything else as JSON. */
export type ValueKind = 'text' | 'json';
export type Parsed = { ok: true; value: unknown } | { ok: false; error: FieldError };

const asText = (value: unknown): string => (value === null || value === undefined ? '' : readable(value));
const kindOf = (value: unknown, whenEmpty: ValueKind): ValueKind =>
  value === null || value === undefined ? whenEmpty : textOf(value) !== null ? 'text' : 'json';

function parse(text: string, kind: ValueKind): Parsed {
  if (text.trim() === '') return { ok: false, error: { pointer: '', detail: 'Write the answer first: it is empty.' } };
  if (kind === 'text') return { ok: true, value: { text } };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: { pointer: '', detail: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` } };
  }
}

/**
 * The text in the editor. It rests on the version it was begun on: a newer one from the server replaces it only while
 * nothing was typed. Every change is kept in this tab.
 */
export function useDraft(review: Review, whenEmpty: ValueKind) {
  const { id, version } = review;
  const [chosen, choose] = useState<ValueKind | null>(null);
  const fresh = () => ({ version, before: asText(review.value), kind: chosen ?? kindOf(review.value, whenEmpty) });
  const [base, setBase] = useState(fresh);
  const [text, setText] = useState(() => kept(id, `v${version}`) ?? base.before);
  const [restored] = useState(() => kept(id, `v${version}`) !== null);
  const dirty = text !== base.before;
  if (!dirty && (base.version !== version || base.before !== asText(review.value) || base.kind !== fresh().kind)) {
    const now = fresh();
    setBase(now);
    setText(now.before);
  }
  const write = useCallback(
    (next: string) => {
      setText(next);
      keep(id, `v${base.version}`, next === base.before ? null : next);
    },
    [id, base],
  );
  return {
    text,
    write,
    dirty,
    restored,
    before: base.before,
    version: base.version,
    kind: base.kind,
    setKind: (kind: ValueKind) => {
      choose(kind);
      setBase((old) => ({ ...old, kind }));
    },
    parse: () => parse(text, base.kind),
    discard: () => write(base.before),
    /** Go on with the typed text on the server's current version. */
    rebase: (typed: string) => {
      keep(id, `v${base.version}`, null);
      keep(id, `v${version}`, typed);
      setBase(fresh());
      setText(typed);
    },
  };
}
export type Draft = ReturnType<typeof useDraft>;
