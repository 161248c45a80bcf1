import { factsIn } from './facts.ts';
import { contentOf } from './words.ts';

const aside = /\(([^()]+)\)|[–—]\s([^–—]+)\s[–—]/g;
/** Where a sentence says a second thing: a semicolon, a dash, or a comma with a word that joins. */
const joint = /\s*[;–—]\s+|,\s+(?:and|but|so|which|while|as|since|because|including|plus|und|aber|denn|weil|wobei|et|mais|y|pero)\s+/i;

/** How many words of content must be strange: in other words than the source's, two are soon found in a clause. */
const inAside = 2;
const inClause = 3;

/**
 * A part of a sentence of which no word stands in what is known: the rest of the sentence may be a copy, and the passages
 * say nothing of this. Shorter parts, or parts with a figure (looked up elsewhere), are not judged.
 */
export function strangePart(sentence: string, known: ReadonlySet<string>): string | null {
  const strange = (part: string, least: number): boolean => {
    const words = [...contentOf(part)];
    return words.length >= least && words.every((word) => !known.has(word)) && factsIn(part).length === 0;
  };
  const asides = [...sentence.matchAll(aside)].map((match) => match[1] ?? match[2] ?? '');
  const clauses = sentence.replace(aside, ' ').split(joint);
  const found =
    asides.find((part) => strange(part, inAside)) ?? (clauses.length > 1 ? clauses.find((part) => strange(part, inClause)) : undefined);
  return found?.trim().replace(/[.!]$/, '') ?? null;
}
