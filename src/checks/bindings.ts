import { factsIn, isIncidental, sameFact, type Fact } from './facts.ts';
import { segmentsOf, type Segment } from './segments.ts';
import { isNegation, tokensOf } from './words.ts';

const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((word) => b.has(word)).length;
const sameSort = (a: Fact, b: Fact): boolean => a.kind === b.kind && a.quantity?.unit === b.quantity?.unit;

const denies = (text: string): boolean => tokensOf(text).some(({ word }) => isNegation(word));

/** `At least 5` where the source has the figure only as `up to 5`, or the other way round. */
export function turnedBound(claim: string, source: readonly Segment[]): { said: Fact; source: string } | null {
  // "Not within 10 minutes" is "after 10 minutes": where something is denied, nothing is said here.
  if (denies(claim)) return null;
  for (const said of factsIn(claim).filter(({ bound }) => bound !== null)) {
    const same = source
      .filter(({ text }) => !denies(text))
      .flatMap((segment) => segment.facts.filter((one) => sameFact(said, one)).map((fact) => ({ fact, segment })));
    const [first] = same;
    if (first && same.every(({ fact }) => fact.bound !== null && fact.bound !== said.bound))
      return { said, source: first.segment.text.trim() };
  }
  return null;
}

/** Whether the source has the figure among words of the claim's own part about it. */
export function isBound(said: Fact, claim: string, source: readonly Segment[]): boolean {
  const part = segmentsOf(claim).find(({ facts }) => facts.some((fact) => sameFact(fact, said)));
  if (!part) return false;
  const wanted = Math.min(2, part.words.size);
  return source.some((segment) => segment.facts.some((fact) => sameFact(said, fact)) && common(part.words, segment.words) >= wanted);
}

/**
 * A figure that the source says of something else: where the source has it, fewer of the claim's words stand around it than
 * around another figure of the same sort. `Delivery to Norway costs €22.50`, and the source says so of Switzerland.
 */
export function movedFigure(claim: string, source: readonly Segment[]): { said: Fact; source: string } | null {
  for (const part of segmentsOf(claim)) {
    for (const fact of part.facts.filter((one) => !isIncidental(one))) {
      const having = source.filter(({ facts }) => facts.some((one) => sameFact(fact, one)));
      if (having.length === 0) continue;
      const here = Math.max(...having.map(({ words }) => common(part.words, words)));
      const other = source
        .filter((segment) => !having.includes(segment) && segment.facts.some((one) => sameSort(one, fact)))
        .map((segment) => ({ segment, words: common(part.words, segment.words) }))
        .toSorted((a, b) => b.words - a.words)[0];
      // One word more is chance in a long sentence and tells something in a short one.
      if (other && other.words >= 2 && other.words - here >= (part.words.size > 6 ? 2 : 1))
        return { said: fact, source: other.segment.text.trim() };
    }
  }
  return null;
}
