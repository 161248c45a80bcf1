import { readFileSync } from 'node:fs';
import { messageOf } from '../src/errors.ts';
import { WrongUsage } from './wrong-usage.ts';

/** A file of JSON; `-` is standard input. Throws `WrongUsage` that names it. */
export function readJson(file: string): unknown {
  const name = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUsage(`cannot read ${name}: ${messageOf(error)}`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new WrongUsage(`${name} is not JSON: ${messageOf(error)}`);
  }
}
