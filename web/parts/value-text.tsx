import type { ReactNode } from 'react';
import { withoutFiles } from './files.ts';
import { readable, textOf } from './record.ts';
import css from './value-text.module.css';

const none: string[] = [];

/** A value with the spans that verdicts point at marked. */
export function ValueText({ value, quotes = none }: { value: unknown; quotes?: string[] }) {
  if (value === null || value === undefined) return <p className="quiet">nothing</p>;
  const text = readable(withoutFiles(value));
  const prose = textOf(value) !== null || typeof value === 'string';
  return <pre className={prose ? css.prose : css.json}>{marked(text, quotes)}</pre>;
}

/** A text with these spans marked, where they stand in it. */
export function marked(text: string, quotes: string[]): ReactNode {
  const spans = quotes
    .flatMap((quote) => {
      const at = quote === '' ? -1 : text.indexOf(quote);
      return at < 0 ? [] : [{ at, end: at + quote.length }];
    })
    .toSorted((a, b) => a.at - b.at);
  const out: ReactNode[] = [];
  let from = 0;
  for (const { at, end } of spans) {
    if (at < from) continue;
    out.push(text.slice(from, at), <mark key={at}>{text.slice(at, end)}</mark>);
    from = end;
  }
  return [...out, text.slice(from)];
}
