import { Advised } from './advised.ts';
import { ApiError } from './client.ts';
import { jsonTrouble, nameOf, readText } from './read-text.ts';
import { WrongUsage } from './wrong-usage.ts';

/** An input of a batch, and the line of the file it stands in, from 1. */
export interface Case {
  input: unknown;
  line: number;
}

/** A request has at most 1 MiB; a larger file becomes several batches. */
const mostBytes = 900 * 1024;
const mostCases = 500;

/** JSON Lines: one input a line. Throws `WrongUsage` with the line that cannot be read. */
export function readCases(file: string): Case[] {
  const name = nameOf(file);
  const cases = readText(file)
    .split('\n')
    .flatMap((text, index) => {
      if (text.trim() === '') return [];
      const line = index + 1;
      try {
        return [{ input: JSON.parse(text) as unknown, line }];
      } catch (error) {
        throw new WrongUsage(`${name}, line ${line} is not JSON: ${jsonTrouble(error)}; a batch holds one JSON value a line`);
      }
    });
  if (cases.length === 0) throw new WrongUsage(`${name} has no inputs: one JSON value a line`);
  return cases;
}

/** The requests that the cases go in, in their order. A case that is too large for one is alone in its own. */
export function portions(cases: readonly Case[]): Case[][] {
  const out: Case[][] = [[]];
  let bytes = 0;
  for (const one of cases) {
    const size = Buffer.byteLength(JSON.stringify(one.input)) + 100;
    const open = out.at(-1) as Case[];
    if (open.length > 0 && (open.length === mostCases || bytes + size > mostBytes)) {
      out.push([one]);
      bytes = size;
    } else {
      open.push(one);
      bytes += size;
    }
  }
  return out;
}

/** A refusal of a case in the words of the file: which line it stands in. Null where no case was refused. */
export function refusedCase(error: unknown, cases: readonly Case[], file: string): Error | null {
  if (!(error instanceof ApiError)) return null;
  const { code, errors = [] } = error.problem;
  if (code === 'too_large' && cases.length === 1)
    return new Advised('too_large', `${nameOf(file)}, line ${cases[0]?.line} is too large: ${error.message}`, 'Nothing was started.');
  const [prefix, n] = /^\/cases\/(\d+)\/input/.exec(errors[0]?.pointer ?? '') ?? [];
  const refused = cases[Number(n)];
  if (code !== 'invalid_input' || prefix === undefined || refused === undefined) return null;
  // A file that holds one list of inputs is one case that no chain takes.
  if (cases.length === 1 && Array.isArray(refused.input))
    return new Advised('invalid_input', error.message, "The file holds one list; give its items one a line: jq -c '.[]' FILE");
  const own = errors.map(({ pointer, detail }) => ({ pointer: pointer.replace(prefix, '') || '/', detail }));
  const detail = `${nameOf(file)}, line ${refused.line} does not fit: ${own[0]?.pointer} ${own[0]?.detail}`;
  return new ApiError(error.status, { ...error.problem, detail, errors: own });
}
