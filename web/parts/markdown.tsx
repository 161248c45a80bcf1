import { Lexer, type Token, type Tokens } from 'marked';
import { Fragment, useMemo, type ReactNode } from 'react';
import css from './markdown.module.css';
import { SafeLink } from './safe-link.tsx';

/** What a `[n]` becomes. Null: leave the text as it stands. */
export type Cite = (n: number, key: string) => ReactNode;

/**
 * Untrusted Markdown as React elements. It is parsed to tokens and never becomes HTML text: raw HTML is shown as the characters
 * it is made of, images are named and not fetched, links show their host.
 */
export function Markdown({ text, cite }: { text: string; cite?: Cite | undefined }) {
  const tokens = useMemo(() => new Lexer({ gfm: true, breaks: true }).lex(text), [text]);
  return (
    <div className={css.text} dir="auto">
      {blocks(tokens, cite)}
    </div>
  );
}

const blocks = (tokens: Token[], cite?: Cite): ReactNode => tokens.map((token, i) => <Fragment key={i}>{block(token, cite)}</Fragment>);
const inlines = (tokens: Token[] | undefined, cite?: Cite): ReactNode =>
  (tokens ?? []).map((token, i) => <Fragment key={i}>{inline(token, cite)}</Fragment>);

function block(token: Token, cite?: Cite): ReactNode {
  switch (token.type) {
    case 'space':
      return null;
    case 'heading':
      return <p className={css.heading}>{inlines(token.tokens, cite)}</p>;
    case 'paragraph':
      return <p>{inlines(token.tokens, cite)}</p>;
    case 'blockquote':
      return <blockquote dir="auto">{blocks(token.tokens ?? [], cite)}</blockquote>;
    case 'code':
      return (
        <pre>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case 'hr':
      return <hr />;
    case 'list':
      return list(token as Tokens.List, cite);
    case 'table':
      return table(token as Tokens.Table, cite);
    case 'text':
      return token.tokens ? inlines(token.tokens, cite) : cited(token.raw, cite);
    default:
      return <p>{token.raw}</p>;
  }
}

function list(token: Tokens.List, cite?: Cite): ReactNode {
  const items = token.items.map((item, i) => <li key={i}>{blocks(item.tokens, cite)}</li>);
  // The marks stand at the side where the list begins.
  return token.ordered ? (
    <ol dir="auto" start={typeof token.start === 'number' ? token.start : 1}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

function table(token: Tokens.Table, cite?: Cite): ReactNode {
  return (
    <table dir="auto">
      <thead>
        <tr>
          {token.header.map((cell, i) => (
            <th key={i}>{inlines(cell.tokens, cite)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row, r) => (
          <tr key={r}>
            {row.map((cell, i) => (
              <td key={i}>{inlines(cell.tokens, cite)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(token: Token, cite?: Cite): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inlines(token.tokens, cite)}</strong>;
    case 'em':
      return <em>{inlines(token.tokens, cite)}</em>;
    case 'del':
      return <del>{inlines(token.tokens, cite)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <SafeLink href={(token as Tokens.Link).href}>{plain(token)}</SafeLink>;
    case 'image':
      return <span className={css.inert}>[image not loaded: {(token as Tokens.Image).text || 'no description'}]</span>;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text':
      return token.tokens ? inlines(token.tokens, cite) : cited((token as Tokens.Text).text, cite);
    default:
      return token.raw;
  }
}

/** A link's words without anything that could be clicked inside them. */
const plain = (token: Token): string => ('text' in token ? String(token.text) : token.raw);

function cited(text: string, cite?: Cite): ReactNode {
  if (!cite) return text;
  return text.split(/(\[\d{1,3}\])/).map((part, i) => {
    const n = /^\[(\d{1,3})\]$/.exec(part)?.[1];
    return n === undefined ? part : <Fragment key={i}>{cite(Number(n), String(i)) ?? part}</Fragment>;
  });
}

/** The numbers that a text cites, in order of first use. */
export const citedIn = (text: string): number[] => [...new Set([...text.matchAll(/\[(\d{1,3})\]/g)].map((match) => Number(match[1])))];

export function CiteButton({
  n,
  title,
  active,
  follow,
  hover,
}: {
  n: number;
  title: string | null;
  active: boolean;
  follow(): void;
  hover(on: boolean): void;
}) {
  const names = [css.cite, title === null ? css.dangling : '', active ? css.citeActive : ''].filter(Boolean).join(' ');
  const label = title === null ? `citation ${n}: no such passage` : `citation ${n}: ${title}`;
  return (
    <button
      type="button"
      className={names}
      title={label}
      aria-label={label}
      onClick={follow}
      onMouseEnter={() => hover(true)}
      onMouseLeave={() => hover(false)}
      onFocus={() => hover(true)}
      onBlur={() => hover(false)}
    >
      {n}
    </button>
  );
}
