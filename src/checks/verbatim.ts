import { diffArrays } from 'diff';
import { oppositeIn } from './opposites.ts';
import { strengthened } from './strength.ts';
import { isContent, isNegation, tokensOf, type Token } from './words.ts';

/** Where a claim leaves the words of its source: what stood there, and what stands there now. */
interface Replaced {
  before: Token[];
  after: Token[];
}

/** At most so many words may differ for a claim to count as a copy, and at least so many must be there. */
const slips = 3;
const enough = 5;

/** The places where a near copy differs from the sentence it was made from; null when it is no copy. It may leave out the start and the end. */
function replacedIn(said: readonly Token[], source: readonly Token[]): Replaced[] | null {
  const chunks = diffArrays([...source], [...said], { comparator: (a, b) => a.word === b.word });
  const first = chunks.findIndex(({ added, removed }) => !added && !removed);
  const last = chunks.findLastIndex(({ added, removed }) => !added && !removed);
  const replaced: Replaced[] = swappedEnds(chunks, { first, last });
  let same = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (!chunk.added && !chunk.removed) same += chunk.value.length;
    else if (index > first && index < last) {
      const open = replaced.at(-1);
      const joins = open !== undefined && index > 0 && (chunks[index - 1]?.added || chunks[index - 1]?.removed);
      const into = joins ? open : { before: [], after: [] };
      if (!joins) replaced.push(into);
      (chunk.added ? into.after : into.before).push(...chunk.value);
    }
  }
  const differing = replaced.reduce((sum, { before, after }) => sum + Math.max(before.length, after.length), 0);
  return same < enough || differing > slips || replaced.length === 0 ? null : replaced;
}

type Chunk = { added?: boolean; removed?: boolean; value: Token[] };

/** What stood where the copy has other first or last words: as many words of the source as it has. */
function swappedEnds(chunks: readonly Chunk[], { first, last }: { first: number; last: number }): Replaced[] {
  const [start, end] = [chunks.slice(0, Math.max(first, 0)), chunks.slice(last + 1)].map((side) => ({
    before: side.filter(({ removed }) => removed).flatMap(({ value }) => value),
    after: side.filter(({ added }) => added).flatMap(({ value }) => value),
  })) as [Replaced, Replaced];
  return [
    { before: start.before.slice(-start.after.length || Infinity), after: start.after },
    { before: end.before.slice(0, end.after.length), after: end.after },
  ].filter(({ after }) => after.length > 0);
}

const plain = (tokens: readonly Token[]): string => tokens.map(({ word }) => word).join(' ');
const negations = (tokens: readonly Token[]): number => tokens.filter(({ word }) => isNegation(word)).length;

/**
 * What a near copy of a source sentence turns into something else: a negation more or less, an opposite word, more or less
 * than was said (`may` and `must`, an `up to` left out), one figure for another. Null: it copies nothing, or changes nothing that is known to matter.
 */
export function spoiledCopy(said: string, source: string): string | null {
  const replaced = replacedIn(tokensOf(said), tokensOf(source));
  for (const { before, after } of replaced ?? []) {
    if (negations(before) !== negations(after))
      return negations(after) > 0 ? `it denies what its source says` : 'it leaves out the "not" of its source';
    const opposite = oppositeIn(plain(after), plain(before));
    if (opposite) return `it says '${opposite.said}' where its source says '${opposite.source}'`;
    const stronger = strengthened(plain(after), plain(before));
    if (stronger) return stronger;
  }
  const figures = (replaced ?? []).map(({ before, after }) =>
    [before, after].map((side) => plain(side.filter(({ word }) => /^\d/.test(word)))),
  );
  const moved = figures.find(([before, after]) => before !== '' && after !== '' && before !== after);
  if (moved) return `it says '${moved[1]}' where its source says '${moved[0]}'`;
  return reordered(tokensOf(said), tokensOf(source)) ? 'it has the figures of its source in another order' : null;
}

/** The same words in the same order, and the same figures in another. */
function reordered(said: readonly Token[], source: readonly Token[]): boolean {
  const isFigure = ({ word }: Token): boolean => /^\d/.test(word);
  const words = (tokens: readonly Token[]): string => ` ${plain(tokens.filter((token) => !isFigure(token)))} `;
  const [ours, theirs] = [said.filter(isFigure), source.filter(isFigure)].map((tokens) => tokens.map(({ word }) => word)) as [
    string[],
    string[],
  ];
  if (ours.length < 2 || said.length < enough || !words(source).includes(words(said))) return false;
  return ours.every((figure) => theirs.includes(figure)) && !` ${theirs.join(' ')} `.includes(` ${ours.join(' ')} `);
}

/** The names that a near copy puts in the place of other words. */
export const replacedNames = (said: string, source: string): { said: string; source: string } | null => {
  for (const { before, after } of replacedIn(tokensOf(said), tokensOf(source)) ?? []) {
    const [here, there] = [after.find(isContent), before.find(isContent)];
    if (here && there && isName(said, here) && isName(source, there)) return { said: here.word, source: there.word };
  }
  return null;
};

const isName = (text: string, { word }: Token): boolean =>
  new RegExp(
    `(?<=[\\p{L}\\p{N},)] )${word.charAt(0).toUpperCase()}${word.slice(1).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`,
    'u',
  ).test(text);
