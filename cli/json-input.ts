import { jsonTrouble, nameOf, readText } from './read-text.ts';
import { WrongUsage } from './wrong-usage.ts';

/** A file of JSON; `-` is standard input. Throws `WrongUsage` that names it. */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongUsage(`${nameOf(file)} is not JSON: ${jsonTrouble(error)}`);
  }
}
