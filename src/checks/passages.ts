import type { Passage } from '../shapes/passage.ts';

const isPassage = (value: object): value is Passage =>
  typeof (value as Passage).id === 'string' &&
  typeof (value as Passage).source === 'string' &&
  typeof (value as Passage).text === 'string' &&
  typeof (value as Passage).title === 'string';

/** The evidence in a step's input: every passage anywhere in it, in the order it stands there, which is the order of the citations `[1]`, `[2]` … */
export function passagesIn(value: unknown): Passage[] {
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value) && isPassage(value)) return [value];
  return Object.values(value).flatMap(passagesIn);
}
