import { clock, dateKeys, monthOf, monthWord, weekdayOf, weekdayWord } from './dates.ts';
import { figures, numberWords, valuesOf } from './numbers.ts';
import { currencyOf, unitAfter, type Unit } from './units.ts';

/**
 * A detail of a text that can be looked up: `kind` for people, `text` as written, `keys` in a form in which equal things are
 * equal (any shared key is a match). A quantity has a unit: null for a number that stands alone, `other` for one that counts
 * something we have no table for. `bound`: `at least 5` is `min`, `up to 5` is `max`.
 */
export interface Fact {
  kind: string;
  text: string;
  keys: string[];
  index: number;
  bound: 'min' | 'max' | null;
  quantity: { unit: string | null; values: number[]; raw: number[]; word: boolean } | null;
}

interface Rule {
  kind: string;
  pattern: RegExp;
  keys(match: RegExpExecArray): string[];
}
const rules: readonly Rule[] = [
  { kind: 'e-mail address', pattern: /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi, keys: ([text]) => [text.toLowerCase()] },
  {
    kind: 'web address',
    pattern: /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+|\b(?:[\w-]+\.)+(?:com|org|net|io|eu|de|fr|nl|uk|example)\b(?:\/[^\s<>"')\]]*)?/gi,
    keys: ([text]) => [
      text
        .toLowerCase()
        .replace(/^https?:\/\//, '')
        .replace(/^www\./, '')
        .replace(/[.,;:/]+$/, ''),
    ],
  },
  { kind: 'date', pattern: /\b(\d{4})-(\d{2})-(\d{2})\b/g, keys: ([, y, m, d]) => dateKeys(Number(m), Number(d), y) },
  { kind: 'date', pattern: /\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4})\b)?/g, keys: ([, d, m, y]) => dateKeys(Number(m), Number(d), y) },
  {
    kind: 'date',
    pattern: /\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g,
    keys: ([, a, b, y]) => [...dateKeys(Number(a), Number(b), y), ...dateKeys(Number(b), Number(a), y)],
  },
  {
    kind: 'date',
    pattern: new RegExp(
      String.raw`\b(\d{1,2})(?:\.|st|nd|rd|th)?(?= ?(?:and|or|to|bis|und|oder|[-–]) ?\d{1,2}(?:\.|st|nd|rd|th)? (${monthWord})\b)`,
      'gi',
    ),
    keys: ([, d, m]) => dateKeys(monthOf(m ?? ''), Number(d)),
  },
  {
    kind: 'date',
    pattern: new RegExp(String.raw`\b(\d{1,2})(?:\.|st|nd|rd|th)?(?: of)? (${monthWord})\b\.?(?:,? (\d{4})\b)?`, 'gi'),
    keys: ([, d, m, y]) => dateKeys(monthOf(m ?? ''), Number(d), y),
  },
  {
    kind: 'date',
    pattern: new RegExp(String.raw`\b(${monthWord})\.? (\d{1,2})(?:st|nd|rd|th)?\b(?!\s?[%$€£:])(?:,? (\d{4})\b)?`, 'gi'),
    keys: ([, m, d, y]) => dateKeys(monthOf(m ?? ''), Number(d), y),
  },
  { kind: 'date', pattern: new RegExp(String.raw`\b(${monthWord}),? (\d{4})\b`, 'gi'), keys: ([, m, y]) => [`${y}-${monthOf(m ?? '')}`] },
  { kind: 'weekday', pattern: new RegExp(String.raw`\b(?:${weekdayWord})\b`, 'gi'), keys: ([text]) => [String(weekdayOf(text))] },
  {
    kind: 'time of day',
    pattern: /\b(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?|\b(\d{1,2}):(\d{2})\b(?!:)/gi,
    keys: ([, h, m, half, h24, m24]) =>
      [clock(h ?? h24 ?? '', m ?? m24, half)].flatMap((minutes) => (minutes === null ? [] : [String(minutes)])),
  },
  {
    kind: 'phone number',
    pattern: /(?<![\w-])(?:\+\d|\(?\d{2,})[\d ()/-]{6,}\d\b/g,
    keys: ([text]) => [text.replace(/\D/g, '').replace(/^00/, '')],
  },
  {
    kind: 'number',
    pattern: /(?<![\w-])(?=[\w-]*[A-Za-z])(?=[\w-]*\d{3})[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*\b(?!-?(?:day|month|year|hour|minute|week)s?\b)/g,
    keys: ([text]) =>
      /^(?:USD|EUR|GBP|CHF)\d|^\d+(?:k|kg|g|ml|m|w|v|day|year|month|hour)s?$|^\d+-(?:\p{Ll}+-?)+$/iu.test(text)
        ? []
        : [text.toUpperCase().replace(/[-_]/g, '')],
  },
];

const number = new RegExp(
  String.raw`(?<![\w.,/]|\p{L}[-_]|\d )(?:([$€£¥]|\b(?:USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|CAD|AUD|JPY))\s?)?(?:(${figures})|\b(${numberWords})\b)(\s?(?:k|thousand|million|billion)\b)?`,
  'giu',
);
const scales: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, million: 1e6, billion: 1e9 };
const kindOf: Readonly<Record<string, string>> = {
  '%': 'percentage',
  usd: 'amount',
  eur: 'amount',
  gbp: 'amount',
  chf: 'amount',
  sek: 'amount',
  nok: 'amount',
  dkk: 'amount',
  pln: 'amount',
  cad: 'amount',
  aud: 'amount',
  jpy: 'amount',
};

/** `5 to 8 business days`, `$10-$20`: both numbers of a span have its unit. */
const joins = /^\s?(?:to|and|or|through|bis|und|oder|[-–—/])\s?$/i;

type Found = { match: RegExpExecArray; from: number; to: number; unit: Unit | 'other' | null };

function quantities(text: string, taken: readonly [number, number][]): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(number)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (taken.some(([start, end]) => from < end && to > start)) continue;
    if (
      /^(?:st|nd|rd|th)\b/i.test(text.slice(to)) ||
      (/[\p{L}_]/u.test(text.slice(to, to + 1)) && !/^(?:°|h|g|kg|ml|l|mm|cm|m|km|w|v|x|USD|EUR)\b/i.test(text.slice(to)))
    )
      continue;
    found.push({ match, from, to, unit: match[1] ? currencyOf(match[1]) : unitAfter(text.slice(to)) });
  }
  for (let index = found.length - 2; index >= 0; index -= 1) {
    const [own, next] = [found[index], found[index + 1]] as [Found, Found];
    if (!joins.test(text.slice(own.to, next.from))) continue;
    if (own.unit === null || own.unit === 'other') own.unit = next.unit;
    else if (next.unit === null) next.unit = own.unit;
  }
  return found;
}

function quantityFact({ match, from, unit }: Found, bound: Fact['bound']): Fact {
  const [whole, , digits, word, scale] = match;
  const raw = valuesOf(digits ?? word ?? '').map((value) => value * (scales[scale?.trim().toLowerCase() ?? ''] ?? 1));
  const known = unit === null || unit === 'other' ? null : unit;
  const name = known?.name ?? (unit as 'other' | null);
  const values = raw.map((value) => Number((value * (known?.factor ?? 1)).toPrecision(9)));
  const kind = kindOf[name ?? ''] ?? (name === null || name === 'other' ? 'number' : 'count');
  return { kind, text: whole.trim(), index: from, bound, keys: [], quantity: { unit: name, values, raw, word: word !== undefined } };
}

const least =
  /\b(?:at least|(?:a )?minimum(?: of)?|no less than|not less than|more than|over|above|exceed\w*|after|later than|mindestens|über|mehr als|nach)\s*$/i;
const most =
  /\b(?:at most|up to|no more than|not more than|(?:a )?maximum(?: of)?|less than|fewer than|under|below|within|höchstens|bis zu|maximal|unter|weniger als|innerhalb von|binnen)\s*$/i;
function boundBefore(text: string): Fact['bound'] {
  const near = text.slice(-30);
  return least.test(near) ? 'min' : most.test(near) ? 'max' : null;
}

const listMarkers = /^(\s*(?:#{1,6}\s*)?(?:step\s)?\d{1,2}[.):](?=\s))|(?<=[\s:;,(])\(?\d{1,2}\)(?=\s)|\bsteps?\s\d{1,2}\b/gim;

/** Every amount, date, percentage, address, phone and order number, count and other number; a place counts once, under its most telling kind. */
export function factsIn(source: string): Fact[] {
  const text = source.replace(listMarkers, (marker) => ' '.repeat(marker.length)).replace(/\*\*|__|`/g, (mark) => ' '.repeat(mark.length));
  const taken: [number, number][] = [];
  const facts: Fact[] = [];
  for (const { kind, pattern, keys } of rules) {
    for (const match of text.matchAll(pattern)) {
      const [from, to] = [match.index, match.index + match[0].length];
      if (taken.some(([start, end]) => from < end && to > start)) continue;
      const found = keys(match);
      if (found.length === 0) continue;
      taken.push([from, to]);
      facts.push({
        kind,
        text: match[0].trim().replace(/[.,]$/, ''),
        keys: found,
        index: from,
        bound: boundBefore(text.slice(0, from)),
        quantity: null,
      });
    }
  }
  facts.push(...quantities(text, taken).map((found) => quantityFact(found, boundBefore(text.slice(0, found.from)))));
  return facts.toSorted((a, b) => a.index - b.index);
}

const shared = <T>(a: readonly T[], b: readonly T[]): boolean => a.some((one) => b.includes(one));

function sameQuantity(said: NonNullable<Fact['quantity']>, known: NonNullable<Fact['quantity']>): boolean {
  if (said.unit === known.unit && said.unit !== null && said.unit !== 'other') return shared(said.values, known.values);
  // A number that names no unit fits one that does, either way; `30 days` and `30 dollars` do not fit.
  if (said.unit === null || said.unit === 'other' || known.unit === null) return shared(said.raw, known.raw);
  return false;
}

function sameText(said: Fact, known: Fact): boolean {
  if (shared(said.keys, known.keys)) return true;
  if (said.kind === 'date')
    return said.keys.some((key) =>
      known.keys.some((other) => key.endsWith(`-${other}`) || other.endsWith(`-${key}`) || other.startsWith(`${key}-`)),
    );
  if (said.kind === 'web address')
    return said.keys.some((key) => known.keys.some((other) => other.startsWith(`${key}/`) || other.endsWith(`@${key}`)));
  return (
    said.kind === 'phone number' &&
    said.keys.some((key) =>
      known.keys.some(
        (other) =>
          Math.min(key.length, other.length) >= 7 && (key.endsWith(other.replace(/^0/, '')) || other.endsWith(key.replace(/^0/, ''))),
      ),
    )
  );
}

/** Whether the two say the same thing, however they write it. */
export function sameFact(said: Fact, known: Fact): boolean {
  if (said.quantity && known.quantity) return sameQuantity(said.quantity, known.quantity);
  if (said.quantity || known.quantity) return false;
  const address = said.kind === 'web address' && known.kind === 'e-mail address';
  return (said.kind === known.kind || address) && sameText(said, known);
}

/** `two ways`, `one account`: small numbers in words count what the writer sees, not what a source says; with a unit of time or money they do. */
export const isIncidental = ({ quantity }: Fact): boolean =>
  quantity !== null &&
  quantity.word &&
  (quantity.raw.every((value) => value <= 1) ||
    !['minute', 'month', 'business day', '%', 'usd', 'eur', 'gbp', 'chf'].includes(quantity.unit ?? ''));
