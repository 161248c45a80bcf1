import { readFileSync } from 'node:fs';
import { messageOf } from '../src/errors.ts';
import { WrongUsage } from './wrong-usage.ts';

export const nameOf = (file: string): string => (file === '-' ? 'standard input' : printable(file));

/**
 * A file as text, without a byte order mark; `-` is standard input. Throws `WrongUsage` that names it and says what is wrong with
 * it, also for another encoding: its letters would be stored as replacement characters, which nobody can read back.
 */
export function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new WrongUsage(`cannot read ${nameOf(file)}: ${trouble(file, error)}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new WrongUsage(`${nameOf(file)} is not UTF-8: save it in that encoding`);
  }
}

function trouble(file: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (/^\s*[[{"]/.test(file)) return 'that is a value; give a file that holds it, or - and the value on standard input';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder; give a file';
  return messageOf(error);
}

/** What the parser says of a text that is no JSON. It quotes the text, and a picture's bytes would move a terminal's cursor. */
export const jsonTrouble = (error: unknown): string => printable(messageOf(error));

const printable = (text: string): string => text.replaceAll(/[\p{Cc}\uFFFD]+/gu, '·');
