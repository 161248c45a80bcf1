import { factsIn } from '../../../src/checks/facts.ts';
import { factsOf, type Fact } from './evidence.ts';
import { unescapeHtml, type ReadPrompt } from './read-prompt.ts';
import { termsOf } from './words.ts';

/** A question as the prompt of a factored check shows it. */
interface Asked {
  n: number;
  kind: string;
  text: string;
}

const gap = '____';
/** Of a question's words a sentence that tells has so many. */
const tells = 0.75;

export function questionsIn(prompt: string): Asked[] {
  return [...prompt.matchAll(/<question n="(\d+)" kind="(\w+)">([^<]*)<\/question>/g)].map(([, n, kind = '', text = '']) => ({
    n: Number(n),
    kind,
    text: unescapeHtml(text),
  }));
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const negations = (text: string): number => text.match(/\b(?:not|no|never|cannot|nicht|kein\p{L}*)\b|n't\b/giu)?.length ?? 0;

/** The sentence that holds most of these words; null: none holds enough. */
function nearest(text: string, facts: readonly Fact[]): Fact | null {
  const wanted = [...new Set(termsOf(text))].filter((term) => !/\d/.test(term));
  const share = (fact: Fact): number => wanted.filter((term) => fact.terms.has(term) || fact.around.has(term)).length / wanted.length;
  const [best] = facts.map((fact) => ({ fact, share: share(fact) })).toSorted((a, b) => b.share - a.share);
  return wanted.length > 0 && best && best.share >= tells ? best.fact : null;
}

/** Which figure of a sentence stands where the question has its gap: the one with the same words around it. */
function filling(question: string, sentence: string): string | null {
  const [before = '', after = ''] = question.split(gap);
  const near = new Set([...wordsOf(before).slice(-3), ...wordsOf(after).slice(0, 3)]);
  const around = (index: number, length: number): number =>
    [...wordsOf(sentence.slice(0, index)).slice(-3), ...wordsOf(sentence.slice(index + length)).slice(0, 3)].filter((word) =>
      near.has(word),
    ).length;
  const [best] = factsIn(sentence)
    .map(({ text, index }) => ({ text, score: around(index, text.length) }))
    .toSorted((a, b) => b.score - a.score);
  return best?.text ?? null;
}

/** Answer each question of a factored check from the passages, as they have it. */
export function answerQuestions(prompt: Pick<ReadPrompt, 'passages' | 'main'>): { n: number; answer: string; passage: number | null }[] {
  const facts = factsOf(prompt.passages);
  return questionsIn(prompt.main).map(({ n, kind, text }) => {
    const fact = nearest(text.replace(gap, ' '), facts);
    if (fact === null) return { n, answer: 'not told', passage: null };
    const answer =
      kind === 'gap' ? (filling(text, fact.text) ?? 'not told') : negations(text) % 2 === negations(fact.text) % 2 ? 'yes' : 'no';
    return { n, answer, passage: answer === 'not told' ? null : fact.n };
  });
}
