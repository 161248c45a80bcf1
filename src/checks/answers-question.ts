import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { sentencesIn } from './closest.ts';
import { leansTo, likelyLanguage } from './language.ts';
import { questionIn, textOf } from './reply-text.ts';
import { sentencesOf, withoutCitations } from './sentences.ts';
import { contentOf } from './words.ts';

// Measured by `npm run bench:checks` on replies to 1,000 questions, right ones and those to another question (docs/checks.md).
/** Least share of what the best sentence of the passages has of the question: 0.4 sees 9 in 10 replies to another question. */
const ofBest = 0.4;
/** Least share of the question's words, by weight. Of replies that a person would call an answer, few have less than 0.3. */
export const ofQuestion = 0.15;
/** The best sentence of right passages has at least this share of the question; with less, another search may find better ones. */
export const ofPassages = 0.35;
/** A word counts more the fewer sentences have it, up to this; one that no passage has counts most. */
const rarest = 2.2;
const inTitle = 0.5;
/** "How do I change this?" alone says too little: then the whole of what was written is what is asked. */
const fewest = 3;

interface Words {
  own: ReadonlySet<string>;
  title: ReadonlySet<string>;
}
interface Shown extends Words {
  text: string;
  number: number;
}

const shownIn = (evidence: readonly Passage[]): Shown[] =>
  evidence.flatMap((passage, index) => {
    const title = contentOf(passage.title);
    return sentencesIn(passage)
      .filter(({ text }) => !/^#|[?？؟]$/.test(text))
      .map(({ text, words }) => ({ text: text.replace(/^[-*•]\s+/, ''), own: words, title, number: index + 1 }));
  });

/** The words of the questions in a text and of its subject line; of the whole text where there is no question, or hardly a word in it. */
function askedWords(input: unknown): Set<string> {
  const { subject, body } = questionIn(input);
  const questions = sentencesOf(body)
    .map(({ text }) => text)
    .filter((text) => /[?？؟]["”')]*$/.test(text));
  const asked = contentOf([subject, ...questions].join('\n'));
  return questions.length > 0 && asked.size >= fewest ? asked : contentOf(`${subject}\n${body}`);
}

function measure(asked: ReadonlySet<string>, shown: readonly Shown[]): (words: Words) => number {
  const counts = new Map<string, number>();
  for (const { own, title } of shown) for (const word of new Set([...own, ...title])) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weight = (word: string): number => {
    const count = counts.get(word);
    return count === undefined ? rarest : Math.min(rarest, Math.log(2 + shown.length / count));
  };
  const all = [...asked].reduce((sum, word) => sum + weight(word), 0);
  return ({ own, title }) =>
    [...asked].reduce((sum, word) => sum + weight(word) * (own.has(word) ? 1 : title.has(word) ? inTitle : 0), 0) / all;
}

/** What the cited sentences of a reply say, and what the passages are about that they cite. */
function saidIn(reply: string, evidence: readonly Passage[]): (Words & { first: string }) | null {
  const claims = sentencesOf(reply).filter(({ cited }) => cited.length > 0);
  const [first] = claims;
  if (!first) return null;
  return {
    first: first.text,
    own: contentOf(claims.map(({ text }) => withoutCitations(text)).join('\n')),
    title: contentOf(claims.flatMap(({ cited }) => cited.map((n) => evidence[n - 1]?.title ?? '')).join('\n')),
  };
}

const sameLanguage = (input: unknown, evidence: readonly Passage[]): boolean => {
  const { subject, body } = questionIn(input);
  const asked = likelyLanguage(`${subject}\n${body}`) ?? leansTo(`${subject}\n${body}`);
  return asked !== null && evidence.some(({ text }) => likelyLanguage(text) === asked);
};

/** The sentence of the passages that has most of what is asked, with its share. Null where nothing is asked in words that tell. */
export function bestOf(input: unknown, evidence: readonly Passage[]): { text: string; share: number } | null {
  const asked = askedWords(input);
  if (asked.size === 0) return null;
  const shown = shownIn(evidence);
  const shareOf = measure(asked, shown);
  const ranked = shown.map((one) => ({ text: one.text, share: shareOf(one) })).toSorted((a, b) => b.share - a.share);
  return ranked[0] ?? { text: '', share: 0 };
}

/**
 * What the reply states, with its citations, is about what `input.ticket` or `input.question` asks: it has enough of the
 * question's words, and a passage that was shown does not have far more of them. `blames`: the step that found the passages,
 * for when none of them is about the question. A reply that states nothing ("I cannot answer that") passes. It compares
 * words: whether each of several questions is answered, and rightly, it cannot see.
 */
export const answersQuestion = (options: { blames?: string } = {}): Check =>
  check('answers-question', (output, { input, evidence }): Finding[] => {
    const said = saidIn(textOf(output), evidence);
    const asked = askedWords(input);
    if (said === null || asked.size === 0) return [];
    const shown = shownIn(evidence);
    const shareOf = measure(asked, shown);
    const ranked = shown.map((one) => ({ ...one, share: shareOf(one) })).toSorted((a, b) => b.share - a.share);
    const best = ranked[0];
    // Words in another language than the passages' are found in none of them: that says nothing.
    if (!best || (best.share < ofQuestion && !sameLanguage(input, evidence))) return [];
    const share = shareOf(said);
    if (share >= Math.max(ofQuestion, ofBest * best.share)) return [];
    const nearer = best.share < ofQuestion ? 'nor is any passage' : `passage [${best.number}] is nearer to it: "${best.text}"`;
    const reason = `the reply is not about what was asked; ${nearer}`;
    const at = { quote: said.first };
    if (best.share >= ofPassages || options.blames === undefined) return [{ reason, at }];
    return [{ reason, at, blames: { step: options.blames, occurrence: null }, missing: questionIn(input).asked }];
  });
