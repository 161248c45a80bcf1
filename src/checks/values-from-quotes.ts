import { check, type Check, type Finding } from '../define/check.ts';
import { factsIn, type Fact } from './facts.ts';
import { daysIn } from './spoken-days.ts';
import { contentOf, shareOf } from './words.ts';

/**
 * A value and how it must follow from the words that support it. `amount`: money, `currency` as `EUR`. `number`: a count. `date`: ISO
 * 8601. `name`: a part of it is said, or it labels the line that the quote stands in (`Anna Berg: …`), and no other name of `among` can
 * be meant. `words`: its words are those of the quote.
 */
export type QuotedKind =
  | { kind: 'amount'; value: number; currency?: string }
  | { kind: 'number'; value: number }
  | { kind: 'date' | 'e-mail' | 'phone' | 'words'; value: string }
  | { kind: 'name'; value: string; among?: readonly string[] };
/** `at`: the JSON pointer of the value in the output. */
export type QuotedValue = QuotedKind & { at: string; quote: string };

const flat = (text: string): string => text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/\s+/g, ' ').trim();

/** Where a quote stands: the label of its line, '' for none. Null: nowhere. */
function labelOf(quote: string, source: string): string | null {
  const wanted = flat(quote);
  if (wanted === '') return null;
  const line = source.split('\n').find((one) => flat(one).includes(wanted));
  if (line !== undefined) return /^\s*(?:[[(][\d:.]+[\])]\s*)?([^:\n]{1,80}):/.exec(line)?.[1]?.trim() ?? '';
  return flat(source).includes(wanted) ? '' : null;
}

const has = (text: string, part: string): boolean =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])${part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\p{L}\p{N}])`, 'iu').test(text);
const partsOf = (name: string): string[] => name.split(/\s+/).filter((part) => part.length > 1);

function nameTrouble({ value, among = [] }: Extract<QuotedKind, { kind: 'name' }>, said: { quote: string; label: string }): string | null {
  if (has(said.quote, value) || has(said.label, value)) return null;
  const parts = partsOf(value).filter((part) => has(said.quote, part));
  if (parts.length === 0) return `its quote does not speak of '${value}', nor is it theirs`;
  const other = among.find((name) => name !== value && parts.every((part) => partsOf(name).includes(part)));
  return other === undefined ? null : `'${parts.join(' ')}' in its quote may be ${value} or ${other}: quote where it is said which`;
}

const listed = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));
const quantities = (text: string, fits: (fact: Fact) => boolean): { text: string; values: number[]; unit: string | null }[] =>
  factsIn(text)
    .filter(fits)
    .map(({ text, quantity }) => ({ text, values: [...(quantity?.raw ?? []), ...(quantity?.values ?? [])], unit: quantity?.unit ?? null }));

function amountTrouble({ value, currency }: Extract<QuotedKind, { kind: 'amount' }>, quote: string): string | null {
  const said = quantities(quote, ({ kind }) => kind === 'amount');
  const fits = said.filter(({ values }) => values.includes(value));
  if (fits.length === 0) return `the amount ${value} is not in its quote, which says ${listed(said.map(({ text }) => text))}`;
  if (currency === undefined || fits.some(({ unit }) => unit === currency.toLowerCase())) return null;
  return `its quote says ${fits[0]?.text}, not ${currency}`;
}

/** Why a value does not follow from its quote; null: it does. */
function troubleOf(value: QuotedKind, said: { quote: string; label: string; today: string | null }): string | null {
  const { quote } = said;
  switch (value.kind) {
    case 'amount':
      return amountTrouble(value, quote);
    case 'number': {
      const counts = quantities(quote, ({ quantity, kind }) => quantity !== null && kind !== 'amount');
      return counts.some(({ values }) => values.includes(value.value))
        ? null
        : `the number ${value.value} is not in its quote, which says ${listed(counts.map(({ text }) => text))}`;
    }
    case 'date': {
      const days = daysIn(quote, said.today ?? value.value);
      return days.includes(value.value) ? null : `its quote does not say ${value.value}; it may mean ${listed(days.slice(0, 4))}`;
    }
    case 'e-mail':
      return factsIn(quote).some(({ kind, keys }) => kind === 'e-mail address' && keys.includes(value.value.toLowerCase()))
        ? null
        : `the address ${value.value} is not in its quote`;
    case 'phone':
      return quote.replace(/\D/g, '').includes(value.value.replace(/\D/g, '').replace(/^00/, ''))
        ? null
        : `the number ${value.value} is not in its quote`;
    case 'name':
      return nameTrouble(value, said);
    case 'words':
      return wordsFit(value.value, quote) ? null : `'${value.value}' is not what its quote says`;
  }
}

function wordsFit(value: string, quote: string): boolean {
  const wanted = contentOf(value);
  return has(flat(quote), flat(value)) || (wanted.size > 0 && shareOf(wanted, contentOf(quote)) >= wordsShare);
}

/** A summary may turn a word; most of them are those that were said. */
const wordsShare = 0.7;

/**
 * Every value of a structured answer stands on words of a source: the quote is there, letter by letter (spaces and the form of
 * quotation marks aside), and the value follows from it as far as a rule can know. `today`: the day on which the source was
 * said or written, for `next Friday`.
 */
export function valuesFromQuotes<O>(options: {
  values(output: O, input: unknown): QuotedValue[];
  source(input: unknown): string;
  today?(input: unknown): string | null;
}): Check<O> {
  return check<O>('values-from-quotes', (output, { input }): Finding[] => {
    const source = options.source(input);
    const today = options.today?.(input) ?? null;
    const missing = new Set<string>();
    return options.values(output, input).flatMap(({ at, quote, ...value }): Finding[] => {
      const label = labelOf(quote, source);
      if (label !== null) {
        const trouble = troubleOf(value, { quote, label, today });
        return trouble === null ? [] : [{ reason: trouble, at: { pointer: at } }];
      }
      if (missing.has(quote)) return [];
      missing.add(quote);
      return [{ reason: `the quote "${quote.slice(0, 200)}" does not stand in the source: copy it letter by letter`, at: { pointer: at } }];
    });
  });
}
