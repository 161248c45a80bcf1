import type { Passage } from '../shapes/passage.ts';

const sameText = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/**
 * The first of each list, then the second of each, and so on, at most `keep`; a list that ends leaves its turns to the
 * others. A passage that came before, by id or by its words, is left out.
 */
export function interleave(lists: readonly (readonly Passage[])[], keep: number): Passage[] {
  const kept: Passage[] = [];
  const ids = new Set<string>();
  const texts = new Set<string>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let turn = 0; turn < longest; turn += 1) {
    for (const passage of lists.flatMap((list) => list[turn] ?? [])) {
      if (kept.length >= keep) return kept;
      const text = sameText(passage.text);
      if (ids.has(passage.id) || texts.has(text)) continue;
      ids.add(passage.id);
      texts.add(text);
      kept.push(passage);
    }
  }
  return kept;
}
