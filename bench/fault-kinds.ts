import { random } from './random.ts';

/**
 * More kinds of faults than amounts and lost citations, in the form `bench:checks --mutator` takes: `kinds`, and
 * `mutate(text, kind, seed)`, null where a kind does not apply.
 */
interface Mutation {
  text: string;
  kind: string;
  before: string;
  after: string;
}
type Change = { index: number; before: string; after: string };
type Draw = () => number;

const pick = <T>(list: readonly T[], draw: Draw): T | undefined => list[Math.floor(draw() * list.length)];
const found = (text: string, pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)];
const change = (match: RegExpExecArray | undefined, after: (match: RegExpExecArray) => string | null): Change | null => {
  if (!match) return null;
  const made = after(match);
  return made === null || made === match[0] ? null : { index: match.index, before: match[0], after: made };
};

const units = ['hours', 'days', 'weeks', 'months', 'years'];
const swaps: readonly (readonly [string, string])[] = [
  ['before', 'after'],
  ['at least', 'at most'],
  ['minimum', 'maximum'],
  ['more', 'less'],
  ['above', 'below'],
  ['monthly', 'annual'],
  ['daily', 'weekly'],
  ['incoming', 'outgoing'],
  ['domestic', 'international'],
  ['opened', 'unopened'],
  ['eligible', 'ineligible'],
  ['with', 'without'],
  ['checking', 'savings'],
  ['debit card', 'credit card'],
  ['deposit', 'withdrawal'],
  ['approved', 'declined'],
];
const inventions = [
  'Registered customers get an extension of two years at no cost',
  'The courier calls you before coming',
  'This is also possible in any of our partner branches',
  'You do not need any proof for this',
  'In most cases the manager makes an exception',
  'A voucher has been added to your profile as an apology',
  'Our team in Zurich handles such requests overnight',
  'Parking in front of the branch is reserved for members',
];
const names = ['Crimson', 'Zenith', 'Harbor', 'Aurora', 'Pinnacle'];
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const other = <T>(list: readonly T[], not: T, draw: Draw): T | undefined =>
  pick(
    list.filter((one) => one !== not),
    draw,
  );

const sentence = /[^.!?\n]+\[\d+\][.!?]/g;
const insideName = /(?<=[a-z,] )(?!Account|Card|Saver|Settings|View|Open|Rewards|Bank|Business|Premium)(?:[A-Z][a-z]{3,})(?=[ ,.])/g;

const faults: Readonly<Record<string, (text: string, draw: Draw) => Change | null>> = {
  date: (text, draw) =>
    change(
      pick(
        found(text, new RegExp(`\\b(?:${monthNames.join('|')})\\b(?= \\d)|(?<=\\b\\d{1,2}/)\\d{1,2}(?=/\\d{4})|\\b20\\d\\d\\b`, 'g')),
        draw,
      ),
      ([word]) =>
        monthNames.includes(word) ? (other(monthNames, word, draw) ?? null) : String(Number(word) + 1).padStart(word.length, '0'),
    ),
  unit: (text, draw) =>
    change(pick(found(text, /(?<=\d[ -](?:business |calendar )?)(hour|day|week|month|year)(s?)\b/g), draw), ([, unit, s]) =>
      (other(units, `${unit}s`, draw) ?? '').slice(0, s ? undefined : -1),
    ),
  currency: (text, draw) => change(pick(found(text, /[$€£](?=\d)/g), draw), ([sign]) => other(['$', '€', '£'], sign, draw) ?? null),
  'e-mail or web address': (text, draw) =>
    change(pick(found(text, /[\w.-]+@[\w-]+\.[\w.]+\w|https?:\/\/[^\s)\]]+\w|\b1?-?\(?\d{3}\)?[- ]\d{3}-\d{4}\b/g), draw), ([address]) =>
      /\d$/.test(address) ? address.replace(/\d$/, (d) => String((Number(d) + 3) % 10)) : `${address}x`,
    ),
  'citation out of range': (text, draw) => change(pick(found(text, /\[\d+\]/g), draw), () => '[19]'),
  'wrong citation': (text, draw) =>
    change(pick(found(text, /\[(\d+)\]/g), draw), ([, n]) => `[${other([1, 2, 3, 4, 5, 6], Number(n), draw)}]`),
  'swapped name': (text, draw) => {
    const all = found(text, insideName);
    const match = pick(all, draw);
    return change(match, ([name]) => other([...new Set(all.map(([one]) => one))], name, draw) ?? null);
  },
  'invented name': (text, draw) => change(pick(found(text, insideName), draw), () => pick(names, draw) ?? null),
  'opposite word': (text, draw) => {
    const possible = swaps
      .flatMap(([a, b]) => [
        [a, b],
        [b, a],
      ])
      .flatMap(([from = '', to = '']) => found(text, new RegExp(`\\b${from}\\b`, 'g')).map((match) => ({ match, to })));
    const chosen = pick(possible, draw);
    return change(chosen?.match, () => chosen?.to ?? null);
  },
  'cited invention': (text, draw) => change(pick(found(text, /\[\d+\]\./g), draw), ([end]) => `${end} ${pick(inventions, draw)} ${end}`),
  'swapped numbers': (text, draw) => {
    const match = pick(
      found(text, sentence).filter(([one]) => new Set(one.replace(/\[\d+\]/g, '').match(/\d[\d,.]*\b/g)).size > 1),
      draw,
    );
    return change(match, ([one]) => {
      const [first, second] = [...new Set(one.replace(/\[\d+\]/g, '').match(/\d[\d,.]*\b/g))] as [string, string];
      return one.replace(/\[\d+\]|\d[\d,.]*\b/g, (part) => (part === first ? second : part === second ? first : part));
    });
  },
};

export const kinds = Object.keys(faults);

export function mutate(text: string, kind: string, seed: number): Mutation | null {
  const made = faults[kind]?.(text, random(seed * 7_919 + kind.length));
  return made
    ? {
        kind,
        text: text.slice(0, made.index) + made.after + text.slice(made.index + made.before.length),
        before: made.before,
        after: made.after,
      }
    : null;
}
