import { termsOf } from '../words.ts';
import type { Column, View } from './schema.ts';

/** A value of a column that the question names. */
export interface Named {
  column: Column;
  value: string;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Where the value's words stand in the question, in their order; plural or not. */
function placeOf(value: string, asked: readonly string[]): number {
  const words = termsOf(value);
  if (words.length === 0) return -1;
  return asked.findIndex((_, at) => words.every((word, index) => asked[at + index] === word));
}

/** Values that stand in the question, the longest at each place: "Kite Pro grinder" and not also "grinder". `base`: its columns come before the same value elsewhere. */
export function namedValues(question: string, views: readonly View[], base: View): Named[] {
  const asked = termsOf(question);
  const columns = [...base.columns, ...views.filter((view) => view !== base).flatMap((view) => view.columns)];
  const found = columns
    .flatMap((column) => column.values.map((value) => ({ column, value, at: placeOf(value, asked), size: termsOf(value).length })))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => b.size - a.size);
  const taken = new Set<number>();
  return found.filter(({ at, size }) => {
    const places = Array.from({ length: size }, (_, index) => at + index);
    if (places.some((place) => taken.has(place))) return false;
    for (const place of places) taken.add(place);
    return true;
  });
}

/** `business boolean: True for a business …, false for a private person`: the words on each side say which is asked for. */
export function namedFlags(question: string, base: View): { column: Column; value: boolean }[] {
  const asked = new Set(termsOf(question));
  return base.columns
    .filter(({ type }) => type === 'boolean')
    .flatMap((column): { column: Column; value: boolean }[] => {
      const [yes = '', no = ''] = column.about.toLowerCase().split(/,? false for /);
      const own = termsOf(yes.replace('true for', '').split(' with ')[0] ?? '');
      if (own.some((word) => asked.has(word))) return [{ column, value: true }];
      return termsOf(no).some((word) => asked.has(word) && word.startsWith('privat')) ? [{ column, value: false }] : [];
    });
}

const more = /\b(more than|over|above|at least|less than|under|below|at most|up to)\s+(?:€\s*|eur\s+)?(\d+(?:\.\d+)?)/i;
const signs: Record<string, string> = {
  'more than': '>',
  over: '>',
  above: '>',
  'at least': '>=',
  'less than': '<',
  under: '<',
  below: '<',
  'at most': '<=',
  'up to': '<=',
};

/** "over 500 euro": a sign and a number. */
export function comparedIn(question: string): { sign: string; number: string } | null {
  const found = more.exec(question);
  return found ? { sign: signs[(found[1] ?? '').toLowerCase()] ?? '=', number: found[2] ?? '0' } : null;
}

/** The condition, or one by way of the key that both views have. Null: there is none. */
export function conditionOn(column: Column, test: string, base: View): string | null {
  if (column.view === base) return `${column.name} ${test}`;
  const key = column.view.columns.find(({ name }) => name.endsWith('_id') && base.columns.some((own) => own.name === name));
  return key ? `${key.name} in (select ${key.name} from ${column.view.name} where ${column.name} ${test})` : null;
}

export const equals = (value: string): string => `= ${literal(value)}`;
