import { likelyLanguage } from './language.ts';
import { contentOf, stem } from './words.ts';

interface Name {
  word: string;
  stem: string;
}

/** Capital letters that name nothing. */
const plain = /^(?:I|I'm|I've|I'd|I'll|OK|FAQ|FAQs|PDF|ID|PIN|URL|Mr|Mrs|Ms|Dr|AM|PM)$/;

/** Words with a capital letter that does not come from a sentence's, an item's or a heading's start. */
function namesIn(text: string): Name[] {
  const found = text.matchAll(/(?<=[\p{L}\p{N},)'’"”&+/%-]\s["“'(]?)\p{Lu}[\p{L}\p{N}]*(?:['’+&-]\p{L}+)*/gu);
  return [...found]
    .map(([word]) => word)
    .filter((word) => !plain.test(word) && contentOf(word).size > 0)
    .map((word) => ({ word, stem: stem(word.toLowerCase()) }));
}

/** German writes every noun with a capital letter: there it tells nothing. */
export const isGerman = (text: string): boolean =>
  likelyLanguage(text) === 'de' || /\b(?:der|die|das|und|ist|ein|eine|für|mit|von|sie)\b/i.test(text.replace(/\bdie\b(?! )/g, ''));

/** A name that none of the known words has. */
export function foreignName(text: string, known: readonly string[]): string | null {
  const there = new Set(known);
  const unknown = namesIn(text).find(
    (name) =>
      !there.has(name.stem) &&
      !name.word
        .toLowerCase()
        .split(/[-+&]/)
        .every((part) => part === '' || there.has(stem(part))),
  );
  return !unknown || isGerman(text) ? null : unknown.word;
}
