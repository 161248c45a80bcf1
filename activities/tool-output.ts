import { passagesIn } from '../src/checks/passages.ts';
import type { Passage } from '../src/shapes/passage.ts';

/** What a model is told of one call, in bytes of JSON: small enough to stand in a history, and for six turns in a prompt. */
export const mostBytes = 16 * 1024;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? 'null');
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/**
 * A tool's result, at most 16 KiB of it, as plain JSON. Of passages those that fit are kept whole, and it says how many were left out; of anything else
 * the beginning of its text. Throws for what is no JSON.
 */
export function boundedOutput(value: unknown): unknown {
  const output = JSON.parse(JSON.stringify(value) ?? 'null') as unknown;
  const bytes = sizeOf(output);
  if (bytes <= mostBytes) return output;
  const passages = Array.isArray(output) ? passagesIn(output) : [];
  if (passages.length > 0) return fewer(passages);
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  return `${start(text, mostBytes - 100)} … [cut off: this is the beginning of ${kib(bytes)}]`;
}

function fewer(passages: readonly Passage[]): { passages: Passage[]; left_out: string } {
  const kept: Passage[] = [];
  let room = mostBytes - 100;
  for (const passage of passages) {
    room -= sizeOf(passage) + 1;
    if (room < 0) break;
    kept.push(passage);
  }
  const [first] = passages;
  if (kept.length === 0 && first)
    kept.push({
      ...first,
      title: start(first.title, 1_000),
      text: `${start(first.text, mostBytes / 2)} … [cut off: this is the beginning]`,
    });
  return { passages: kept, left_out: `${passages.length - kept.length} of ${passages.length} passages, there is no room for them` };
}

/** The beginning of a text, whole characters, so that it takes so many bytes of JSON at most. */
function start(text: string, bytes: number): string {
  let room = bytes;
  let end = 0;
  for (const letter of text) {
    room -= Buffer.byteLength(JSON.stringify(letter)) - 2;
    if (room < 0) break;
    end += letter.length;
  }
  return text.slice(0, end);
}
