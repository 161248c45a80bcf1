import type { ReactNode } from 'react';
import { record } from './record.ts';
import css from './value-view.module.css';

/** Names of members that say what kind of thing an object is: they head it. */
const heads = ['field', 'kind', 'type'] as const;

/** The name of a member in words. */
export const spoken = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .toLowerCase();

/** A structured value for reading: members by their names, a list as cards, words that support a value as a quotation. */
export function ValueView({ value }: { value: unknown }) {
  const fields = record(value);
  const only = fields && Object.keys(fields).length === 1 ? Object.entries(fields)[0] : undefined;
  // `{ updates: [...] }` is the list, under its name.
  if (only && Array.isArray(only[1])) return <List name={spoken(only[0])} items={only[1]} />;
  return <Value value={value} />;
}

function List({ name, items }: { name: string; items: unknown[] }) {
  if (items.length === 0) return <p className="quiet">No {name}.</p>;
  return (
    <>
      <p className="quiet">
        {items.length} {items.length === 1 ? name.replace(/s$/, '') : name}
      </p>
      <Value value={items} />
    </>
  );
}

function Value({ value }: { value: unknown }): ReactNode {
  if (value === null || value === undefined || value === '') return <span className="quiet">none</span>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="quiet">none</span>;
    if (value.every((item) => record(item) === null && !Array.isArray(item))) return <bdi>{value.map(String).join(', ')}</bdi>;
    return (
      <ol className={css.cards}>
        {value.map((item, i) => (
          // oxlint-disable-next-line no-array-index-key
          <li key={i} className={css.card}>
            <Value value={item} />
          </li>
        ))}
      </ol>
    );
  }
  const fields = record(value);
  if (fields === null) return <bdi>{typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)}</bdi>;
  return <Fields fields={fields} />;
}

function Fields({ fields }: { fields: Record<string, unknown> }) {
  const head = heads.find((name) => typeof fields[name] === 'string');
  const quote = typeof fields['quote'] === 'string' ? fields['quote'] : null;
  const rest = Object.entries(fields).filter(([name]) => name !== head && !(name === 'quote' && quote !== null));
  return (
    <>
      {head && <div className={css.title}>{spoken(String(fields[head]))}</div>}
      {rest.length > 0 && (
        <dl className={css.fields}>
          {rest.map(([name, value]) => (
            <div key={name}>
              <dt>{spoken(name)}</dt>
              <dd dir="auto">
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {quote !== null && (
        <blockquote className={css.quote} dir="auto">
          {quote}
        </blockquote>
      )}
    </>
  );
}

/** The quotations in a value, wherever they stand. */
export function quotesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(quotesIn);
  return Object.entries(record(value) ?? {}).flatMap(([name, part]) =>
    name === 'quote' && typeof part === 'string' ? [part] : quotesIn(part),
  );
}
