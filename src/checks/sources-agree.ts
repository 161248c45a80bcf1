import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { sentencesIn, wholeOf } from './closest.ts';
import { factsIn, isIncidental, sameFact, type Fact } from './facts.ts';
import { foreignName } from './names.ts';
import { textOf } from './reply-text.ts';
import { sentencesOf, withoutCitations } from './sentences.ts';
import { contentOf, shareOf, tokensOf } from './words.ts';

/** Of a claim's words a sentence that speaks of the same has so many, and of its own words the claim has so many. */
const ofClaim = 0.75;
const ofOther = 0.5;
/** Fewer words than these say too little to be compared. */
const fewest = 2;

/** Figures of one kind: what is counted in the same unit, or a date beside a date. A bare year counts as a number without a unit. */
const comparable = (a: Fact, b: Fact): boolean =>
  a.quantity && b.quantity
    ? a.quantity.unit === b.quantity.unit && a.quantity.unit !== 'other'
    : a.kind === 'date' && b.kind === 'date' && a.quantity === b.quantity;

interface Claim {
  text: string;
  words: ReadonlySet<string>;
  facts: readonly Fact[];
}

/** The sentence of a passage that says the same of a figure that the claim does not have at all. A passage that has the claim's own figure, too, speaks of two things. */
function against({ text, words, facts }: Claim, fact: Fact, passage: Passage): { text: string; fact: Fact } | null {
  if (factsIn(wholeOf(passage)).some((one) => sameFact(fact, one))) return null;
  const known = tokensOf(text).map(({ stem }) => stem);
  for (const other of sentencesIn(passage)) {
    if (shareOf(words, other.words) < ofClaim || other.words.size < fewest || shareOf(other.words, words) < ofOther) continue;
    // Another name is another thing.
    if (foreignName(other.text, known) !== null) continue;
    const differing = factsIn(other.text).find((one) => comparable(one, fact) && !facts.some((own) => sameFact(own, one)));
    if (differing) return { text: other.text, fact: differing };
  }
  return null;
}

/**
 * No passage that was shown says of a claim's figure or date something else than the claim: sources that contradict each other
 * are told of, or nothing is said. A figure that the cited passage itself does not have is no contradiction between sources, and is
 * left to `numbersFromSources`. It compares sentences that are alike in their words; a contradiction in other words it
 * does not see. `blames`: the step that found the passages, for a chain that searches again.
 */
export const sourcesAgree = (options: { blames?: string } = {}): Check =>
  check('sources-agree', (output, { evidence }): Finding[] =>
    sentencesOf(textOf(output)).flatMap(({ text, cited, claim }): Finding[] => {
      const plain = withoutCitations(text);
      const words = contentOf(plain);
      if (!claim || cited.length === 0 || words.size < fewest) return [];
      const facts = factsIn(plain);
      // A figure of the writer's own is no source's: other rules see that it stands nowhere.
      const stated = cited.flatMap((n) => (evidence[n - 1] ? factsIn(wholeOf(evidence[n - 1] as Passage)) : []));
      for (const fact of facts.filter((one) => !isIncidental(one) && stated.some((source) => sameFact(one, source)))) {
        for (const [index, passage] of evidence.entries()) {
          const other = against({ text: plain, words, facts }, fact, passage);
          if (other === null) continue;
          return [
            {
              reason: `the sources disagree: passage [${index + 1}] says '${other.fact.text}' where this says '${fact.text}': "${other.text}"`,
              at: { quote: text },
              evidence: [passage.id],
              ...(options.blames === undefined ? {} : { blames: { step: options.blames, occurrence: null }, missing: plain.slice(0, 300) }),
            },
          ];
        }
      }
      return [];
    }),
  );
