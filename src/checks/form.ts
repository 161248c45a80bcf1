import { detectAll } from 'tinyld';
import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { textOf } from './claims.ts';
import { sentencesOf, withoutCitations } from './sentences.ts';

/** At most so many characters. */
export const within = (characters: number): Check => check(`within-${characters}`, (output) => {
  const { length } = textOf(output);
  return length <= characters ? [] : [{ reason: `the reply has ${length} characters; ${characters} are allowed` }];
});

/** A retrieve step found something. What it looked for is named, for whoever looks again. */
export const someEvidence = (): Check<Passage[]> => check<Passage[]>('some-evidence', (passages, { input }) => {
  if (passages.length > 0) return [];
  const { question } = (input ?? {}) as { question?: unknown };
  return [{ reason: 'nothing was found', ...(typeof question === 'string' ? { missing: question.slice(0, 300) } : {}) }];
});

/** Too short to tell, and how sure the guess must be. */
const shortest = 60;
const margin = 0.25;

const sureLanguage = (text: string): string | null => {
  if (text.length < shortest) return null;
  const [first, second] = detectAll(text);
  return first && first.accuracy - (second?.accuracy ?? 0) >= margin ? first.lang : null;
};

/** The reply is in the language of that part of the input. Not judged where either is short or unclear; quoted evidence may be in another. */
export const inLanguageOf = (field: string): Check => check(`in-language-of-${field}`, (output, { input }) => {
  const part = (input as Record<string, unknown> | null)?.[field];
  const asked = sureLanguage(typeof part === 'string' ? part : part && typeof part === 'object' ? Object.values(part as object).filter((value) => typeof value === 'string' && value.includes(' ')).join('\n') : '');
  const own = sentencesOf(textOf(output)).filter((sentence) => sentence.cited.length === 0).map((sentence) => sentence.text).join(' ');
  const answered = sureLanguage(withoutCitations(own));
  return asked === null || answered === null || asked === answered ? [] : [{ reason: `the ticket is in '${asked}', the reply in '${answered}': answer in the language of the ticket` }];
});

/** A promise that only a person may make. `unless`: words in a cited passage that allow it. */
export interface ForbiddenPromise { pattern: RegExp; reason: string }

const promises: readonly ForbiddenPromise[] = [
  { pattern: /\b(?:we|i)(?:'ll| will| have| can)?(?: also| already)? (?:refund(?:ed)?|credit(?:ed)?|waived?|compensate(?:d)?|reimburse(?:d)?|added an? [$€£]?\d)/i, reason: 'it promises money that only a person may give' },
  { pattern: /\b(?:guarantee[ds]?|we promise|you will definitely|rest assured that you will)\b/i, reason: 'it guarantees an outcome' },
  { pattern: /\b(?:legal (?:department|action|advice)|our lawyers?|sue|liab(?:le|ility))\b/i, reason: 'it speaks of the law, which only a person may' },
  { pattern: /\b(?:will (?:call|phone|ring) you|receive a call|call you back)\b/i, reason: 'it promises a call' },
  { pattern: /\bfee (?:is|was|has been) waived\b/i, reason: 'it waives a fee' },
];

const asPromise = (forbidden: ForbiddenPromise | RegExp): ForbiddenPromise => (forbidden instanceof RegExp ? { pattern: forbidden, reason: 'it promises what policy forbids' } : forbidden);

/** None of the promises that policy forbids, unless the sentence cites a passage that says the same words. */
export const noForbiddenPromises = (forbidden: readonly (ForbiddenPromise | RegExp)[] = promises): Check => check('no-forbidden-promises', (output, { evidence }) =>
  sentencesOf(textOf(output)).flatMap((sentence): Finding[] => forbidden.map(asPromise).flatMap(({ pattern, reason }) => {
    const match = pattern.exec(sentence.text);
    if (!match) return [];
    const allowed = sentence.cited.some((n) => pattern.test(evidence[n - 1]?.text ?? ''));
    return allowed ? [] : [{ reason: `${reason}: "${match[0]}"`, at: { quote: sentence.text } }];
  })));
