import { isIncidental, type Fact } from './facts.ts';
import { tokensOf } from './words.ts';

/** A text with the facts in it. */
export interface Read {
  text: string;
  facts: readonly Fact[];
}

/** The two words after a number, as stems: what it counts. */
const counted = ({ text }: Read, fact: Fact): string =>
  tokensOf(text.slice(fact.index + fact.text.length))
    .slice(0, 2)
    .filter((token) => !token.breaks)
    .map(({ stem }) => stem)
    .join(' ');

/**
 * A small number in words (`eight employee cards`) is not looked up, since it may count what the writer sees. Where the
 * passages count just that thing (`7 employee cards`) and never so many, it is wrong. Null: they do not, or agree.
 */
export function countedOtherwise(said: Read, passages: readonly Read[]): { said: Fact; source: Fact } | null {
  for (const fact of said.facts.filter((one) => isIncidental(one) && (one.quantity?.raw[0] ?? 0) > 1)) {
    const thing = counted(said, fact);
    if (!thing.includes(' ')) continue;
    const same = passages.flatMap((passage) => passage.facts.filter((one) => one.quantity && counted(passage, one) === thing));
    const [first] = same;
    if (first && !same.some((one) => one.quantity?.raw.some((value) => fact.quantity?.raw.includes(value))))
      return { said: fact, source: first };
  }
  return null;
}
