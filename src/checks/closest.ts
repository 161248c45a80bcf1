import type { Passage } from '../shapes/passage.ts';
import { segmentsOf, type Segment } from './segments.ts';
import { sentencesOf } from './sentences.ts';
import { contentOf, shareOf } from './words.ts';

/** A sentence of a passage, and how much of a claim's content it holds (0 to 1). `rank`: the same with figures weighed in. `title`: what the passage is about. */
export interface Near {
  text: string;
  share: number;
  rank: number;
  passage: Passage;
  title: string;
}

export const wholeOf = (passage: Passage): string => `${passage.title}\n${passage.text}\n${passage.url ?? ''}`;

interface Read {
  sentences: { text: string; words: Set<string> }[];
  segments: Segment[];
  words: Set<string>;
}
const read = new WeakMap<Passage, Read>();

function reading(passage: Passage): Read {
  const known = read.get(passage);
  if (known) return known;
  const sentences = sentencesOf(passage.text.replace(/\s*\|\s*/g, ' | ')).map(({ text }) => ({ text, words: contentOf(text) }));
  const made = { sentences, segments: sentences.flatMap(({ text }) => segmentsOf(text)), words: contentOf(wholeOf(passage)) };
  read.set(passage, made);
  return made;
}

export const wordsOf = (passage: Passage): ReadonlySet<string> => reading(passage).words;

/** The sentences of a passage, with the content words of each. */
export const sentencesIn = (passage: Passage): readonly { text: string; words: ReadonlySet<string> }[] => reading(passage).sentences;

/** The parts of a passage that say one thing of one figure. */
export const figuresOf = (passage: Passage): readonly Segment[] => reading(passage).segments;

/** The sentences of the passages that hold most of these words, best first. */
export function closest(wanted: ReadonlySet<string>, passages: readonly Passage[]): Near[] {
  return passages
    .flatMap((passage) =>
      reading(passage).sentences.map(({ text, words }) => {
        const share = shareOf(wanted, words);
        return { text, share, rank: share, passage, title: passage.title };
      }),
    )
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share || a.text.length - b.text.length);
}
