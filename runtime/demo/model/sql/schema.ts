import type { ShownPassage } from '../read-prompt.ts';
import { termsOf } from '../words.ts';

export interface Column {
  view: View;
  name: string;
  type: string;
  about: string;
  values: string[];
  /** Stems of name and meaning. */ words: Set<string>;
}
export interface View {
  name: string;
  words: Set<string>;
  columns: Column[];
}

const spaced = (name: string): string => name.replaceAll(/[_.]/g, ' ');
const valueList = /(?:^|; )('(?:[^']|'')*'(?:, '(?:[^']|'')*')*)$/;

function columnOf(line: string, view: View): Column | null {
  const [, name, type = '', rest = ''] = /^- (\w+) ([^:]+)(?:: (.*))?$/.exec(line) ?? [];
  if (name === undefined) return null;
  const list = valueList.exec(rest)?.[1] ?? '';
  const about = rest.replace(valueList, '');
  const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
  return { view, name, type, about, values, words: new Set(termsOf(`${spaced(name)} ${about}`)) };
}

/** The views that a prompt shows, one passage each: a head line, then one line a column. */
export function viewsOf(passages: readonly ShownPassage[]): View[] {
  return passages.flatMap((passage) => {
    const [head = '', ...lines] = passage.text.split('\n');
    const [, name, about = ''] = /^([\w.]+)(?:: (.*))?$/.exec(head) ?? [];
    if (name === undefined) return [];
    const view: View = { name, words: new Set(termsOf(spaced(name.split('.').at(-1) ?? name))), columns: [] };
    for (const word of termsOf(about)) view.words.add(word);
    view.columns = lines.flatMap((line) => columnOf(line, view) ?? []);
    return view.columns.length > 0 ? [view] : [];
  });
}

export const isNumber = ({ type }: Column): boolean => /^(?:numeric|integer|bigint|smallint|double|real)/.test(type);
export const isDate = ({ type }: Column): boolean => /^(?:date|timestamp)/.test(type);

/** The column that most of these words speak of; a tie goes to the view that is read anyway, then to the first. */
export function columnFor(phrase: string, columns: readonly Column[], base?: View): Column | null {
  const wanted = termsOf(phrase);
  // A word of its name weighs more than one of its meaning.
  const hits = (column: Column): number => {
    const own = termsOf(spaced(column.name));
    return wanted.filter((word) => column.words.has(word)).length + wanted.filter((word) => own.includes(word)).length * 0.6;
  };
  const ranked = columns
    .map((column) => ({ column, score: hits(column) + (column.view === base ? 0.5 : 0) }))
    .filter(({ column }) => hits(column) > 0)
    .toSorted((a, b) => b.score - a.score);
  return ranked[0]?.column ?? null;
}
