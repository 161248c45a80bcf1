import { answers, asksOf, Evidence, factsOf, surely, type Fact } from './evidence.ts';
import { givesUp, isCourtesy, languageOf } from './phrases.ts';
import type { ReadPrompt } from './read-prompt.ts';
import { inShopWords, sentencesOf, termsOf } from './words.ts';

/** What the critic says, before it is put in the form that the prompt asks for. `blames`: the step that found the passages. */
export interface Judgement {
  verdict: 'pass' | 'fail' | 'unsure';
  reason: string;
  at: string | null;
  blames: string | null;
  missing: string | null;
  score: number;
}

const passed: Judgement = { verdict: 'pass', reason: '', at: null, blames: null, missing: null, score: 0.95 };
const failed = (reason: string, at: string | null, score = 0.1): Judgement => ({
  verdict: 'fail',
  reason,
  at: at?.slice(0, 300) ?? null,
  blames: null,
  missing: null,
  score,
});

/** Look at one sentence of the reply after the other; a reply that gives up is right only when nothing answers. */
export function judge(prompt: ReadPrompt): Judgement {
  const facts = factsOf(prompt.passages);
  const sentences = sentencesOf((prompt.reply ?? '').replace(/^([^\n.!?\d]{1,60}[,:])\s*\n+/, '$1. ').replace(/\s*\n+\s*/g, ' '));
  const claims = sentences.filter((sentence) => !isCourtesy(sentence) && !givesUp(sentence));
  for (const claim of claims) {
    const wrong = wrongIn(claim, { facts, prompt });
    if (wrong !== null) return wrong;
  }
  return claims.length === 0 ? judgeSilence(prompt, facts) : judgeRelevance(prompt, { claims, facts });
}

/** Of the weight of a question's words: below this a person would not call it an answer. */
const answered = 0.4;

/** True sentences about something else answer nothing. One question of several is enough here: a demo critic may miss things. */
function judgeRelevance(prompt: ReadPrompt, { claims, facts }: { claims: readonly string[]; facts: Fact[] }): Judgement {
  const evidence = new Evidence(facts);
  const cited = new Set(claims.flatMap((claim) => [...claim.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n))));
  const said = new Set(claims.flatMap((claim) => termsOf(claim.replace(/\s*\[\d+\]/g, ''))));
  const quoted = facts.filter((fact) => cited.has(fact.n) && [...fact.terms].every((term) => said.has(term)));
  const about = prompt.passages.filter(({ n }) => cited.has(n)).flatMap(({ title }) => termsOf(title));
  const terms = new Set([...said, ...about, ...quoted.flatMap((fact) => [...fact.around])]);
  const asks = asksOf(prompt);
  if (asks.length === 0 || asks.some((ask) => evidence.coverage(ask, terms) >= answered)) return passed;
  const reason = `The reply does not answer what was asked: "${asks[0]?.text.trim()}"`;
  return prompt.kind === 'ticket'
    ? { ...failed(reason, null, 0.3), blames: 'facts', missing: keywordsOf(prompt) }
    : failed(reason, null, 0.3);
}

function wrongIn(claim: string, { facts, prompt }: { facts: Fact[]; prompt: ReadPrompt }): Judgement | null {
  const cited = [...claim.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n));
  const shown = new Set(prompt.passages.map((passage) => passage.n));
  if (cited.length === 0) return failed('This sentence states a fact without citing a passage.', claim);
  const unknown = cited.find((n) => !shown.has(n));
  if (unknown !== undefined) return failed(`There is no passage ${unknown}.`, claim);
  const said = claim.replace(/\s*\[\d+\]/g, '');
  const terms = [...new Set(termsOf(said))];
  const near = facts
    .filter((fact) => cited.includes(fact.n))
    .map((fact) => ({ fact, support: supportOf(terms, fact) }))
    .toSorted((a, b) => b.support - a.support)[0];
  const evidence = prompt.passages
    .filter((passage) => cited.includes(passage.n))
    .map((passage) => passage.text)
    .join(' ');
  const foreign = numbersOf(said).find((number) => !numbersOf(evidence).includes(number));
  if (foreign !== undefined) return failed(`The cited passage does not say ${foreign}.`, claim, 0.05);
  if (!near || near.support < 0.6) return failed('The cited passage does not say this.', claim);
  const moved = numbersOf(said).find((number) => !numbersOf(near.fact.text).includes(number));
  if (near.support > 0.7 && moved !== undefined) return failed(`The cited passage says ${moved} of something else.`, claim);
  return negations(said) % 2 === negations(near.fact.text) % 2 || near.support < 0.85
    ? null
    : failed('The cited passage says the opposite.', claim);
}

const supportOf = (terms: readonly string[], fact: Fact): number =>
  terms.length === 0 ? 1 : terms.filter((term) => fact.terms.has(term) || fact.around.has(term)).length / terms.length;
const numbersOf = (text: string): string[] => text.match(/\d+(?:[.,]\d+)*/g) ?? [];
const negations = (text: string): number => text.match(/\b(?:not|no|never|cannot|nicht|kein\p{L}*|ne|pas|no)\b|n't\b/giu)?.length ?? 0;

/**
 * A question may stay open when nothing answers it. For a ticket that is a case for another search first: the passages
 * are to blame, and what was asked for is `missing`.
 */
function judgeSilence(prompt: ReadPrompt, facts: Fact[]): Judgement {
  const evidence = new Evidence(facts);
  const asks = asksOf(prompt);
  const language = languageOf(`${prompt.subject} ${prompt.ask}`);
  for (const ask of asks) {
    const best = evidence.rank(ask, language)[0];
    if (best && answers(evidence, ask, { best, least: surely }) && !isDisputed(best.fact, facts))
      return failed(`Passage ${best.fact.n} answers the question: "${best.fact.text}"`, null, 0.2);
  }
  if (prompt.kind !== 'ticket') return passed;
  return {
    ...failed('The passages do not contain what the ticket asks, so no writer could answer from them.', null, 0.3),
    blames: 'facts',
    missing: keywordsOf(prompt),
  };
}

/** Another passage says nearly the same with another number: no writer could choose. */
const isDisputed = (fact: Fact, facts: readonly Fact[]): boolean => {
  const words = [...fact.terms].filter((term) => !/\d/.test(term));
  return facts.some(
    (other) =>
      other.n !== fact.n &&
      words.filter((term) => other.terms.has(term)).length >= words.length * 0.75 &&
      numbersOf(other.text).length > 0 &&
      !numbersOf(other.text).some((number) => numbersOf(fact.text).includes(number)),
  );
};

/** The words to search for, as they would stand in a help article: 3 to 12 of the questions and the subject. */
export function keywordsOf(prompt: Pick<ReadPrompt, 'subject' | 'ask'>): string {
  const asked = asksOf(prompt)
    .map((ask) => ask.text)
    .join(' ');
  const words = inShopWords(`${asked} ${prompt.subject}`).match(/[\p{L}\p{N}]+(?:[-.,][\p{L}\p{N}]+)*/gu) ?? [];
  const once = words.filter((word, index) => words.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === index);
  return once
    .filter((word) => termsOf(word).length > 0)
    .slice(0, 12)
    .join(' ');
}
