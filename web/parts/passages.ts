import type { Passage } from '../api/shapes.ts';
import { record } from './record.ts';

const isPassage = (value: unknown): value is Passage => {
  const fields = record(value);
  return (
    fields !== null &&
    typeof fields['id'] === 'string' &&
    typeof fields['text'] === 'string' &&
    typeof fields['source'] === 'string' &&
    typeof fields['title'] === 'string'
  );
};

/** The passages in a step's input, in the order in which `[n]` counts them. */
export function passagesIn(value: unknown, depth = 0): Passage[] {
  if (depth > 6 || typeof value !== 'object' || value === null) return [];
  if (isPassage(value)) return [value];
  return Object.values(value).flatMap((each) => passagesIn(each, depth + 1));
}
