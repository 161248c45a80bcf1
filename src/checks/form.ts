import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { textOf } from './reply-text.ts';
import { sentencesOf, withoutCitations } from './sentences.ts';

/** At most so many characters. */
export const within = (characters: number): Check =>
  check(`within-${characters}`, (output) => {
    const { length } = textOf(output);
    return length <= characters ? [] : [{ reason: `the reply has ${length} characters; at most ${characters} characters are allowed` }];
  });

/** At least so many characters. */
export const minLength = (characters: number): Check =>
  check(`min-length-${characters}`, (output) => {
    const { length } = textOf(output).trim();
    return length >= characters ? [] : [{ reason: `the reply has ${length} characters; at least ${characters} characters are wanted` }];
  });

/** No sentence of four words or more stands there twice. */
export const noRepeats = (): Check =>
  check('no-repeats', (output) => {
    const seen = new Set<string>();
    return sentencesOf(textOf(output)).flatMap(({ text }): Finding[] => {
      const words =
        withoutCitations(text)
          .toLowerCase()
          .match(/[\p{L}\p{N}]+/gu) ?? [];
      const plain = words.join(' ');
      if (words.length < 4 || !seen.has(plain)) {
        seen.add(plain);
        return [];
      }
      return [{ reason: 'this sentence stands in the reply twice; say it once', at: { quote: text } }];
    });
  });

/** A retrieve step found something. What it looked for is named, for whoever looks again. */
export const someEvidence = (): Check<Passage[]> =>
  check<Passage[]>('some-evidence', (passages, { input }) => {
    if (passages.length > 0) return [];
    const { question } = (input ?? {}) as { question?: unknown };
    return [{ reason: 'nothing was found', ...(typeof question === 'string' ? { missing: question.slice(0, 300) } : {}) }];
  });

const leaks: readonly (readonly [RegExp, string])[] = [
  [/<\/?(?:passage|ticket|reply|question|system|subject|body)\b[^>]*>/i, 'it shows the marks of the prompt'],
  [
    /\bsystem prompt\b|\bmy (?:instructions|prompt|guidelines)\b|\b(?:ignore|disregard) (?:all |any )?(?:previous|prior|above) instructions\b/i,
    'it speaks of its instructions',
  ],
  [
    /\bas an? (?:ai|artificial intelligence|language model|large language model|assistant)\b|\bi(?:'m| am) an? (?:ai|language model)\b/i,
    'it speaks of itself as a model',
  ],
  [
    /\b(?:the|these|provided|given|numbered) passages?\b|\bpassage \d+\b|\bthe (?:provided|given) (?:context|evidence|sources)\b/i,
    'it speaks of the passages, which the customer does not see',
  ],
  [/\b[a-z]+(?:_[a-z0-9]+){2,}\b|\b(?:tool|function)[ _]call\b/, 'it names an internal tool'],
];

/** The reply shows nothing of how it was made: marks of the prompt, instructions, tools. */
export const noInstructionsLeak = (): Check =>
  check('no-instructions-leak', (output) =>
    sentencesOf(textOf(output)).flatMap(({ text }): Finding[] => {
      const leak = leaks.find(([pattern]) => pattern.test(text));
      return leak ? [{ reason: `${leak[1]}: "${leak[0].exec(text)?.[0]}"`, at: { quote: text } }] : [];
    }),
  );
