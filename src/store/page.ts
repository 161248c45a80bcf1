import { TrimtabError } from '../errors.ts';

/** A page of a list; `next_cursor` null at its end. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export const encodeCursor = (key: string): string => Buffer.from(key).toString('base64url');

/** Throws `bad_request` for something that is no cursor of ours. */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!key.includes('|')) throw new TrimtabError('bad_request', `'${cursor}' is no cursor; use next_cursor of the page before`);
  return key;
}
