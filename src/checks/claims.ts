import { check, type Check, type CheckContext, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { factsIn } from './facts.ts';
import { sentencesOf, withoutCitations, type Sentence } from './sentences.ts';

/** What replies are made of: `{ text }`, `{ answer }` or a string. */
export function textOf(output: unknown): string {
  if (typeof output === 'string') return output;
  const { text, answer } = (output ?? {}) as { text?: unknown; answer?: unknown };
  return typeof text === 'string' ? text : typeof answer === 'string' ? answer : '';
}

const passageOf = (evidence: readonly Passage[], n: number): Passage | undefined => evidence[n - 1];

/** Every sentence that claims something cites a passage, and every citation names one that was given. */
export const citesEverySource = (): Check => check('cites-every-source', (output, { evidence }) => sentencesOf(textOf(output)).flatMap((sentence): Finding[] => {
  const wrong = sentence.cited.find((n) => !passageOf(evidence, n));
  if (wrong !== undefined) return [{ reason: `[${wrong}] cites no passage: there are ${evidence.length}`, at: { quote: sentence.text } }];
  if (sentence.claim && sentence.cited.length === 0) return [{ reason: 'this sentence states something and cites no passage', at: { quote: sentence.text } }];
  return [];
}));

/** The part of the input that the customer wrote. */
function asked(input: unknown): string {
  const { ticket, question } = (input ?? {}) as { ticket?: unknown; question?: unknown };
  const strings = (value: unknown): string[] => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);
  return [...strings(ticket), ...strings(question)].join('\n');
}

/** Every amount, date, percentage, address and number of the reply stands in a passage it cites, in the ticket, or in the customer's record. */
export const numbersFromSources = (options: { records?: readonly string[] } = {}): Check => check('numbers-from-sources', (output, { input, evidence }) => {
  const records = options.records ?? ['shop', 'orders'];
  const sentences = sentencesOf(textOf(output));
  const cited = new Set(sentences.flatMap((sentence) => sentence.cited));
  const open = evidence.filter((passage, index) => cited.has(index + 1) || records.includes(passage.source)).map((passage) => `${passage.title}\n${passage.text}`);
  const known = new Set([asked(input), ...open].flatMap((text) => factsIn(text)).flatMap(({ kind, key }) => [`${kind} ${key}`, `number ${key.replace(/^\D+|\D+$/g, '')}`]));
  return sentences.flatMap((sentence) => factsIn(withoutCitations(sentence.text).replace(/^\s*\d{1,2}[.)]\s/, '')).filter(({ kind, key }) => !known.has(`${kind} ${key}`)).map((fact): Finding => ({
    reason: `the ${fact.kind} '${fact.text}' stands in no passage that the reply cites, nor in the ticket`, at: { quote: sentence.text },
  })));
});

const stop = new Set('the a an and or but of to in on at for with from by as is are was were be been it its this that these those you your we our us they their he she i my me can will must may should would could have has had do does did not no if when then than so also any all more most up out over per within after before about into only each both once here there which who what how where why other another such der die das den dem des ein eine einen einem einer und oder aber zu in im am auf für mit von bei als ist sind war sie ihr ihre ihren wir unser unsere es dies diese dieser können kann wird werden muss müssen nicht kein keine wenn nach vor über nur auch'.split(' '));
const stem = (word: string): string => word.replace(/(?:ing|ed|es|s|en|er|e|n)$/u, '').slice(0, 12);
const contentWords = (text: string): string[] => [...text.toLowerCase().matchAll(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu)].map(([word]) => word).filter((word) => word.length > 2 && !stop.has(word)).map(stem);

const negation = /\b(?:not|never|cannot|can't|won't|don't|doesn't|isn't|aren't|mustn't|no longer|without|nicht|kein(?:e|en|er|em)?|nie)\b/gi;
const negations = (text: string): number => [...text.matchAll(negation)].length;

/** Where the cited passages say most of the sentence's content words: the best-matching sentence, and how much of it is there. */
function closest(sentence: Sentence, passages: readonly Passage[]): { share: number; text: string; local: number } {
  const wanted = new Set(contentWords(withoutCitations(sentence.text)));
  const shareIn = (text: string): number => {
    const there = new Set(contentWords(text));
    return wanted.size === 0 ? 1 : [...wanted].filter((word) => there.has(word)).length / wanted.size;
  };
  const share = shareIn(passages.map((passage) => `${passage.title} ${passage.text}`).join(' '));
  const best = passages.flatMap((passage) => sentencesOf(passage.text)).map(({ text }) => ({ text, local: shareIn(text) })).toSorted((a, b) => b.local - a.local)[0];
  return { share, text: best?.text ?? '', local: best?.local ?? 0 };
}

/**
 * Each claim shares enough words with what it cites (`least`, 0 to 1), and does not turn a "not" round. A rule, not a reader:
 * what it cannot see is on the docs page.
 */
export const supportedBySource = (options: { least?: number } = {}): Check => check('supported-by-source', (output, { evidence }: CheckContext) =>
  sentencesOf(textOf(output)).filter((sentence) => sentence.claim && sentence.cited.length > 0).flatMap((sentence): Finding[] => {
    const passages = sentence.cited.flatMap((n) => passageOf(evidence, n) ?? []);
    if (passages.length === 0) return [];
    const found = closest(sentence, passages);
    if (found.share < (options.least ?? 0.5)) return [{ reason: 'the passages it cites do not say this', at: { quote: sentence.text }, evidence: passages.map(({ id }) => id), score: found.share }];
    if (found.local >= 0.75 && negations(found.text) % 2 !== negations(withoutCitations(sentence.text)) % 2) {
      return [{ reason: `the source says the opposite: "${found.text}"`, at: { quote: sentence.text }, evidence: passages.map(({ id }) => id) }];
    }
    return [];
  }));
