import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { wholeOf } from './closest.ts';
import { countedOtherwise } from './counted.ts';
import { factsIn, isIncidental, sameFact, type Fact } from './facts.ts';
import { askedIn, textOf } from './reply-text.ts';
import { sentencesOf, withoutCitations, type Sentence } from './sentences.ts';

const factsOf = new WeakMap<Passage, Fact[]>();
function factsInPassage(passage: Passage): Fact[] {
  const known = factsOf.get(passage) ?? factsIn(wholeOf(passage));
  factsOf.set(passage, known);
  return known;
}

/**
 * Every amount, date, time, percentage, address, phone and order number, count and other number of a sentence stands in a
 * passage it cites (a sentence that cites nothing: in one that the reply cites), in what the customer wrote, or in the
 * customer's record. `records`: the sources that are such records. Units must fit: 30 days are not 30 dollars.
 */
export const numbersFromSources = (options: { records?: readonly string[] } = {}): Check =>
  check(
    'numbers-from-sources',
    (output, { input, evidence }) => {
      const records = options.records ?? ['shop', 'orders'];
      const sentences = sentencesOf(textOf(output));
      const all = sentences.flatMap(({ cited }) => cited);
      const asked = factsIn(askedIn(input));
      const passagesFor = ({ cited }: Sentence): Passage[] => {
        const open = cited.length > 0 ? cited : all;
        return evidence.filter((passage, index) => open.includes(index + 1) || records.includes(passage.source));
      };
      return sentences.flatMap((sentence) => {
        const text = withoutCitations(sentence.text);
        const facts = factsIn(text);
        const said = facts.filter((fact) => !isIncidental(fact));
        const passages = passagesFor(sentence);
        const other = countedOtherwise(
          { text, facts },
          passages.map((passage) => ({ text: wholeOf(passage), facts: factsInPassage(passage) })),
        );
        if (other) {
          const reason = `it counts '${other.said.text}' where a passage that it cites counts '${other.source.text}'`;
          return [{ reason, at: { quote: sentence.text } }];
        }
        if (said.length === 0) return [];
        const known = [...asked, ...passages.flatMap(factsInPassage)];
        return said
          .filter((fact) => !known.some((one) => sameFact(fact, one)))
          .map((fact): Finding => {
            const elsewhere = evidence.findIndex((passage) => factsInPassage(passage).some((one) => sameFact(fact, one)));
            const hint =
              elsewhere === -1
                ? 'copy it from a passage as it stands there, or leave it out'
                : `passage [${elsewhere + 1}] has it, which this sentence does not cite`;
            return {
              reason: `the ${fact.kind} '${fact.text}' stands in no passage that this sentence cites, nor in the ticket: ${hint}`,
              at: { quote: sentence.text },
            };
          });
      });
    },
    '3',
  );
