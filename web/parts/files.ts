import { record } from './record.ts';

export interface File {
  name: string;
  media_type: string;
  data: string;
}

const asFile = (value: unknown): File | null => {
  const { name, media_type, data, ...others } = record(value) ?? {};
  if (typeof name !== 'string' || typeof media_type !== 'string' || typeof data !== 'string') return null;
  return Object.keys(others).length === 0 ? { name, media_type, data } : null;
};

/** Every file anywhere in a value. */
export function filesIn(value: unknown): File[] {
  const file = asFile(value);
  if (file) return [file];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(filesIn) : [];
}

export const kilobytes = ({ data }: File): number => Math.max(1, Math.round((data.length * 0.75) / 1_000));

/** Whether it is a file or a list of nothing else. */
export const isFiles = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 && value.every((item) => asFile(item) !== null) : asFile(value) !== null;

/** The same value with the size of each file in place of its bytes. */
export function withoutFiles(value: unknown): unknown {
  const file = asFile(value);
  if (file) return `${file.name} (${file.media_type}, ${kilobytes(file)} kB)`;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value)
    ? value.map(withoutFiles)
    : Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutFiles(part)]));
}

/** An image that a page may show. */
export const isShown = ({ media_type }: File): boolean => /^image\/(png|jpeg|gif|webp)$/.test(media_type);

/** The file as an address. What is no image keeps no type that a browser would run. */
export const addressOf = (file: File): string => `data:${isShown(file) ? file.media_type : 'application/octet-stream'};base64,${file.data}`;
