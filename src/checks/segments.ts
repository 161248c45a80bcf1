import { factsIn, type Fact } from './facts.ts';
import { contentOf } from './words.ts';

/** A part of a sentence that says one thing of one figure, with the figures in it and the words around them. */
export interface Segment {
  text: string;
  facts: Fact[];
  words: Set<string>;
}

const marker = /[,;:]\s|\b(?:and|or|but|while|whereas|und|oder|aber|während|et|ou|y|o)\b/gi;
const span = /^\s?(?:to|and|or|through|bis|und|oder|[-–—/])\s?$/i;

/** Where the words of one figure end and those of the next begin: the last comma or "and" between the two. */
function cutBetween(text: string, from: number, to: number): number | null {
  const between = text.slice(from, to);
  if (span.test(between)) return null;
  const last = [...between.matchAll(marker)].at(-1);
  return last ? from + last.index : null;
}

/** `6 months for the one and 3 for the other` is two parts. A sentence with fewer than two figures is one. */
export function segmentsOf(text: string): Segment[] {
  const facts = factsIn(text);
  const cuts = facts
    .slice(1)
    .map((fact, index) => {
      const before = facts[index] as Fact;
      return cutBetween(text, before.index + before.text.length, fact.index);
    })
    .filter((cut) => cut !== null);
  return [0, ...cuts].map((from, index) => {
    const part = text.slice(from, cuts[index] ?? text.length);
    const inside = facts.filter((fact) => fact.index >= from && fact.index < from + part.length);
    const around = inside
      .filter(({ quantity }) => !quantity?.word)
      .reduceRight((rest, fact) => rest.slice(0, fact.index - from) + rest.slice(fact.index - from + fact.text.length), part);
    return { text: part, facts: inside, words: contentOf(around) };
  });
}
