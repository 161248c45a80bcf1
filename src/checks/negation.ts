import { isContent, isNegation, tokensOf, type Token } from './words.ts';

/** What a negation turns round: `core`, the first word of content after it, and `scope`, those that follow in the clause. */
interface Negated {
  core: string;
  scope: Set<string>;
}

/** Between "not" and what it turns round. */
const light = new Set(
  'able allowed currently yet already longer necessarily automatically always usually generally typically ever been be have'.split(' '),
);
const reach = (word: string): number => (/^(?:no|without|kein\w*|ohne|sans|sin)$/.test(word) ? 3 : 6);

function negatedIn(tokens: readonly Token[]): Negated[] {
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1];
    // "Free of charge" is "no charge".
    const freeOf = /^(?:free|frei)$/.test(token.word) && /^(?:of|from|von)$/.test(next?.word ?? '');
    if (!isNegation(token.word) && !freeOf) return [];
    if (next?.breaks || (token.word === 'not' && (next?.word === 'only' || tokens[at - 1]?.word === 'or'))) return [];
    const window = tokens.slice(at + 1, at + 1 + reach(freeOf ? 'no' : token.word));
    const broken = window.findIndex((one, index) => index > 0 && one.breaks);
    const words = (broken === -1 ? window : window.slice(0, broken))
      .filter((one) => isContent(one) && !light.has(one.word))
      .map((one) => one.stem);
    // "It may be refunded or not": what is negated stands before.
    const before = tokens
      .slice(0, at)
      .toReversed()
      .find((one) => isContent(one))?.stem;
    const core = words[0] ?? before;
    return core === undefined ? [] : [{ core, scope: new Set([core, ...words]) }];
  });
}

/** Words that make a condition of a negation: `not … until`, `only if`. The same thing can then be said both ways. */
const conditional = /\b(?:until|unless|only|except|otherwise|bis|außer|nur|sofern)\b/i;
export const isConditional = (text: string): boolean => conditional.test(text);

/**
 * Whether one text negates a word that the other states: -1 they contradict each other, 1 they agree on a negated word,
 * 0 there is nothing to compare.
 */
export function polarity(said: string, source: string): -1 | 0 | 1 {
  const [ours, theirs] = [tokensOf(said), tokensOf(source)];
  const [negatedHere, negatedThere] = [negatedIn(ours), negatedIn(theirs)];
  let agree = false;
  for (const [negated, others, tokens] of [
    [negatedHere, negatedThere, theirs],
    [negatedThere, negatedHere, ours],
  ] as const) {
    for (const { core } of negated) {
      if (!tokens.some((token) => token.stem === core)) continue;
      if (!others.some((other) => other.scope.has(core))) return -1;
      agree = true;
    }
  }
  return agree ? 1 : 0;
}

/** Words that deny without a "not". */
const denying =
  /\b(?:only|except|unless|until|refus\w*|exclud\w*|unable|unavailable|ineligible|invalid|impossible|fail\w*|los[et]\w*|lack\w*|avoid\w*|prevent\w*|declin\w*|late|expired?|prohibit\w*|forbid\w*|nur|außer|zu spät|unmöglich|leider)\b/i;

/**
 * The source denies something of a subject, and the claim says of that subject nothing that denies: "Opened bags cannot be
 * returned" became "opened bags can be taken back", where no verb is the same.
 */
export function losesNegation(said: string, source: string): boolean {
  const ours = tokensOf(said);
  if (denying.test(said) || ours.some(({ word }) => isNegation(word))) return false;
  const theirs = tokensOf(source);
  const at = theirs.findIndex((token, index) => isNegation(token.word) || (index > 0 && token.breaks));
  if (
    at < 1 ||
    !isNegation(theirs[at]?.word ?? '') ||
    theirs.slice(0, at).some(({ word }) => /^(?:if|when|that|which|who|where|because|wenn|dass)$/.test(word))
  )
    return false;
  const subject = theirs.slice(0, at).filter(isContent);
  const there = new Set(ours.map(({ stem }) => stem));
  return subject.length >= 2 && subject.every(({ stem }) => there.has(stem));
}
