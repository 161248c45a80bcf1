import { chance, pick } from './chance.ts';
import { sentencesOf } from './words.ts';

export type WriterFault =
  | 'unsupported_claim'
  | 'wrong_amount'
  | 'missing_citation'
  | 'malformed_json'
  | 'refusal'
  | 'cut_off'
  | 'wrong_column'
  | 'lost_filter'
  | 'stale_value'
  | 'lost_update';
/** What a critic does wrong: lets a wrong reply pass, or rejects a right one. */
export type CriticFault = 'missed' | 'false_alarm';
export type Fault = WriterFault | CriticFault;

/** One fault that was planted: the truth that checks and critics are counted against. `at`: when, ISO 8601. */
export interface PlantedFault {
  call_id: string | null;
  role: 'writer' | 'critic';
  model: string;
  kind: Fault;
  prompt_hash: string;
  /** The whole answer as it went out, and the place that was changed. */
  text: string;
  before: string;
  after: string;
  at: string;
}

/** Shares of the faults that a writer makes. */
const shares: readonly (readonly [WriterFault, number])[] = [
  ['unsupported_claim', 0.25],
  ['wrong_amount', 0.25],
  ['missing_citation', 0.2],
  ['malformed_json', 0.12],
  ['cut_off', 0.1],
  ['refusal', 0.08],
];

/** Which fault this prompt gets, by its hash; null: none. */
export function faultByChance(hash: string, rate: number): WriterFault | null {
  if (chance(hash, 'fault') >= rate) return null;
  let left = chance(hash, 'kind');
  for (const [kind, share] of shares) {
    left -= share;
    if (left < 0) return kind;
  }
  return 'unsupported_claim';
}

const inventions = [
  'A voucher of €10 has been added to your account as an apology.',
  'This also applies to orders placed before 2024.',
  'Registered customers get an extension of two years at no cost.',
  'The courier calls you before coming.',
  'The same applies to purchases from other sellers.',
  'This is also possible in any of our partner stores.',
  'You do not need any proof for this.',
  'In most cases the manager makes an exception.',
];

export interface Change {
  text: string;
  before: string;
  after: string;
}

/** The text with a fault in it; null where this kind does not apply. The faults of the wire (JSON, refusal, cut) are made when it is sent. */
export function plant(kind: WriterFault, text: string, hash: string): Change | null {
  if (kind === 'unsupported_claim') return invent(text, hash);
  if (kind === 'wrong_amount') return misquote(text, hash);
  return kind === 'missing_citation' ? uncite(text, hash) : { text, before: '', after: '' };
}

function invent(text: string, hash: string): Change {
  const sentence = pick(inventions, hash, 'invention') ?? '';
  const citation = pick(text.match(/\[\d+\]/g) ?? [], hash, 'citation');
  const after = citation !== undefined && chance(hash, 'cited') < 0.5 ? sentence.replace(/\.$/, ` ${citation}.`) : sentence;
  const paragraphs = text.split('\n\n');
  const last = paragraphs.findLastIndex((paragraph) => /\[\d+\]/.test(paragraph));
  const place = last === -1 ? paragraphs.length - 1 : last;
  paragraphs[place] = `${paragraphs[place] ?? ''} ${after}`;
  return { text: paragraphs.join('\n\n'), before: '', after };
}

const quantity = /(?<![\w[\-/.,])\d+(?:[.,]\d+)*(?![\w\]]|-\w|\.\w)/g;
const money = /[€$£]\s?$/;

function misquote(text: string, hash: string): Change | null {
  const found = [...text.matchAll(quantity)].filter((match) => !/https?:\S*$/.test(text.slice(0, match.index)));
  const amounts = found.filter(
    (match) => money.test(text.slice(0, match.index)) || /^\s?[€$£%]/.test(text.slice(match.index + match[0].length)),
  );
  const match = pick(amounts.length > 0 ? amounts : found, hash, 'number');
  if (!match) return null;
  const after = match[0].replace(/^\d+/, (digits) => other(Number(digits), chance(hash, 'amount')));
  return { text: text.slice(0, match.index) + after + text.slice(match.index + match[0].length), before: match[0], after };
}

const other = (value: number, roll: number): string => String(value + Math.max(1, Math.round(value * (roll < 0.5 ? 0.5 : 0.2))));

function uncite(text: string, hash: string): Change | null {
  const match = pick([...text.matchAll(/\s?\[\d+\]/g)], hash, 'citation');
  return match
    ? { text: text.slice(0, match.index) + text.slice(match.index + match[0].length), before: match[0].trim(), after: '' }
    : null;
}

/** JSON as a careless model writes it. */
export function spoilJson(json: string, hash: string): string {
  if (chance(hash, 'spoil') < 0.4) return `Here is the reply you asked for:\n${json.slice(0, -1)}`;
  return chance(hash, 'spoil') < 0.7 ? json.slice(0, -2) : json.replace(/"(\w+)":"/, '"$1":');
}

export const cutAt = (json: string, hash: string): string =>
  json.slice(0, Math.max(8, Math.floor(json.length * (0.4 + chance(hash, 'cut') * 0.4))));
export const refusalText = 'I am sorry, but I cannot help with that request.';
export const firstClaim = (text: string): string =>
  sentencesOf(text.replace(/\n+/g, ' ')).find((sentence) => /\[\d+\]/.test(sentence)) ?? '';
