/** Files in a step's input: what of it is text, and what a model reads of the rest. */
import type { Attachment } from '../shapes/attachment.ts';
import { bytesOf, canonical } from './canonical.ts';

const isAttachment = (value: object): value is Attachment =>
  typeof (value as Attachment).name === 'string' &&
  typeof (value as Attachment).media_type === 'string' &&
  typeof (value as Attachment).data === 'string' &&
  Object.keys(value).length === 3;

/** Every file anywhere in the value, in the order it stands there. */
export function attachmentsIn(value: unknown): Attachment[] {
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value) && isAttachment(value)) return [value];
  return Object.values(value).flatMap(attachmentsIn);
}

/** The same value with the size of each file in place of its bytes. */
export function withoutFiles(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutFiles);
  if (isAttachment(value)) return { name: value.name, media_type: value.media_type, bytes: sizeOf(value) };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutFiles(part)]));
}

const sizeOf = ({ data }: Attachment): number => Math.floor((data.length * 3) / 4) - (/=*$/.exec(data)?.[0].length ?? 0);

/**
 * What a file weighs in a prompt, in bytes of text. Providers read an image as up to some 3,000 tokens and a page of a PDF as up to 3,000, at 3
 * bytes a token; how many pages a PDF has is only known to who reads it, so 20 KB count as one.
 */
const weightOf = (file: Attachment): number => 9_000 * (file.media_type === 'application/pdf' ? Math.ceil(sizeOf(file) / 20_000) : 1);

/** Length of an input in a prompt, for the estimate of what a call may cost. `text`: its canonical JSON. */
export function promptBytes(value: unknown, text = canonical(value)): number {
  const files = attachmentsIn(value);
  return files.reduce((bytes, file) => bytes - file.data.length + weightOf(file), bytesOf(text));
}
