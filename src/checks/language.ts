import { detectAll } from 'tinyld';
import { check, type Check } from '../define/check.ts';
import { textOf } from './reply-text.ts';
import { sentencesOf, withoutCitations } from './sentences.ts';

/** Below this many characters it is a guess; and the first guess must lead the second by this much. */
const shortest = 50;
const margin = 0.25;

/** Small words that settle it where the guess by letters goes astray (measured: "top-up" is taken for Tagalog). */
const small: Readonly<Record<string, RegExp>> = {
  en: /\b(?:the|is|are|and|you|your|of|to|in|for|a|an|my|what|how|can|will|with|not|this|have|it|if)\b/gi,
  de: /\b(?:der|die|das|und|ist|nicht|ich|sie|mit|für|ein|eine|einen|wird|kann|von|zu|wie|auf|haben|den|dem|bei)\b/gi,
  fr: /\b(?:le|la|les|des|est|et|vous|je|pour|une|que|pas|dans|avec|mon|ma|votre|nous|sur|du|au)\b/gi,
  es: /\b(?:el|los|las|una|es|que|para|con|por|mi|su|puedo|está|del|qué|cómo|y|se)\b/gi,
  nl: /\b(?:de|het|een|en|is|niet|ik|je|van|voor|met|op|mijn|dat|kan|naar|wordt|zijn)\b/gi,
};
const hits = (text: string, language: string): number => text.match(small[language] ?? /$^/)?.length ?? 0;

/** The language a text is surely in (ISO 639-1); null where it is short or unclear. */
export function likelyLanguage(text: string): string | null {
  // Addresses, codes, figures and dashes look like no language and disturb the guess.
  const words = text
    .replace(/\S*[@\d/_]\S*/g, ' ')
    .replace(/[-‐-―]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words.length < shortest) return null;
  const [first, second] = detectAll(words.slice(0, 4_000));
  if (!first || first.accuracy - (second?.accuracy ?? 0) < margin) return null;
  const others = Object.keys(small)
    .filter((language) => language !== first.lang)
    .map((language) => hits(words, language));
  return Math.max(...others) > hits(words, first.lang) + 1 ? null : first.lang;
}

/** The language whose small words a text has most of, two more than of any other: an answer for texts of a few words. */
export function leansTo(text: string): string | null {
  const counts = Object.keys(small)
    .map((language) => ({ language, count: hits(text, language) }))
    .toSorted((a, b) => b.count - a.count);
  const [first, second] = counts;
  return first && first.count - (second?.count ?? 0) >= 2 ? first.language : null;
}

const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Free text only: an id, a name or an address says nothing about a language. */
const proseIn = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value !== null && typeof value === 'object'
    ? Object.values(value)
        .filter((part) => typeof part === 'string' && part.trim().includes(' '))
        .join('\n')
    : '';
};

/**
 * The reply is in the language of that part of the input. Sentences copied from the evidence as they stand are not counted
 * against it, and nothing is judged where either side is short or its language unclear.
 */
export const inLanguageOf = (field: string): Check =>
  check(
    `in-language-of-${field}`,
    (output, { input, evidence }) => {
      const asked = likelyLanguage(proseIn((input as Record<string, unknown> | null)?.[field]));
      if (asked === null) return [];
      const sources = bare(evidence.map(({ text }) => text).join('\n'));
      const own = sentencesOf(textOf(output))
        .map(({ text }) => withoutCitations(text))
        .filter((text) => !sources.includes(bare(text)))
        .join(' ');
      const answered = likelyLanguage(own);
      return answered === null || asked === answered
        ? []
        : [{ reason: `the ${field} is in '${asked}', the reply in '${answered}': answer in the language of the ${field}` }];
    },
    '2',
  );
