import { isClaim } from './claim-kinds.ts';
import { monthWord } from './dates.ts';

/**
 * A sentence of a reply. `cited`: the passages it cites, in it or right after it; a list item without its own has those of its
 * lead-in (`It takes three steps [2]:`). `claim`: it states something that a source must support.
 */
export interface Sentence {
  text: string;
  cited: number[];
  claim: boolean;
}

/** Abbreviations and ordinals whose full stop ends no sentence. */
const guard =
  /(?:\b(?:e\.g|i\.e|z\.\s?B|d\.\s?h|bzw|ca|approx|no|nr|st|mr|mrs|ms|dr|vs|etc|inkl|incl|max|min|std|tel|a\.m|p\.m|inc|ltd|co|u\.s)\.)$/i;
const ordinal = /(?:^|\b)\d{1,2}\.$/;
const marker = /^\d{1,2}\.$/;
/** A word too short to be sure that it is no abbreviation (`Abs. zwei`), dots in a row, or a bracket that closes an aside. */
const unsure = /(?:(?:^|[^\p{L}])\p{L}{1,3}\.|\.\.|…|[.!?]["'”’»)]+)$/u;
const month = new RegExp(`^(?:${monthWord})\\b`, 'i');
const group = String.raw`\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]`;
const leading = new RegExp(`^(?:${group}[\\s,;.]*)+`);
const boundary = new RegExp(String.raw`(?<=[.!?…](?:["'”’»)]|\*\*)*|[.!?…]\s?(?:${group}\s?)+)\s+`, 'u');

const isBlank = (text: string): boolean => !/[\p{L}\p{N}]/u.test(text);

/** The sentences of one line; a full stop after an abbreviation does not end one, nor after a short word before a small letter. */
function splitLine(line: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const part of line.split(boundary)) {
    const continues =
      open !== '' &&
      (guard.test(open) || marker.test(open) || (ordinal.test(open) && month.test(part)) || (/^\p{Ll}/u.test(part) && unsure.test(open)));
    if (open === '' || continues) open = open === '' ? part : `${open} ${part}`;
    else {
      found.push(open);
      open = part;
    }
  }
  if (open !== '') found.push(open);
  return found.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

/** `… 30 days. [2] The label …`: a citation after the full stop belongs to the sentence before it. */
function giveBack(sentences: string[]): string[] {
  const out: string[] = [];
  for (const sentence of sentences) {
    const lead = leading.exec(sentence)?.[0] ?? '';
    const rest = sentence.slice(lead.length).trim();
    if (lead !== '' && out.length > 0) out[out.length - 1] += ` ${lead.trim()}`;
    if (lead === '' || out.length === 0) out.push(sentence);
    else if (!isBlank(rest)) out.push(rest);
  }
  return out;
}

const isItem = (line: string): boolean => /^\s*(?:[-*•]|\d{1,2}[.)])\s/.test(line);

/** Split a Markdown text into sentences. Table rows and list items are lines of their own. */
export function sentencesOf(text: string): Sentence[] {
  const out: Sentence[] = [];
  let lead: number[] = [];
  for (const line of text.split(/\n+/)) {
    if (isBlank(line)) continue;
    const sentences = giveBack(splitLine(line));
    const inherited = isItem(line) ? lead : [];
    for (const sentence of sentences) {
      const cited = citationsIn(sentence);
      out.push({ text: sentence, cited: cited.length > 0 ? cited : inherited, claim: isClaim(withoutCitations(sentence)) });
    }
    if (!isItem(line)) lead = /:\s*$/.test(withoutCitations(sentences.at(-1) ?? '')) ? citationsIn(sentences.at(-1) ?? '') : [];
  }
  return out;
}

/** The passages cited, as `[2]`, `[1, 3]` or `[1-3]`. */
export function citationsIn(text: string): number[] {
  const groups = [...text.matchAll(new RegExp(group, 'g'))].map(([whole]) => whole.slice(1, -1));
  const numbers = groups
    .flatMap((inner) => inner.split(/\s?[,;]\s?/))
    .flatMap((part) => {
      const [from = 0, to = from] = part.split(/\s?[–-]\s?/).map(Number);
      return to < from || to - from > 20 ? [from, to] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
  return [...new Set(numbers)];
}

export const withoutCitations = (text: string): string => text.replace(new RegExp(String.raw`\s*${group}`, 'g'), '').trim();
