import type { z } from 'zod';
import { TrimtabError, messageOf } from '../errors.ts';
import { Case } from '../shapes/case.ts';

/** A case and the line of the file that it stands on. */
export interface NumberedCase extends Case {
  line: number;
}

/** The cases of a JSON Lines file. Throws `invalid_input` in one sentence with the file and the line. */
export function parseCases(text: string, file: string): NumberedCase[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const cases = lines.flatMap((line, index) => (line.trim() === '' ? [] : [caseOf(line, { file, line: index + 1 })]));
  if (cases.length === 0) throw wrong(`${file} has no cases: one JSON object a line, {"name": …, "input": …, "holds": {…}}`);
  const seen = new Map<string, number>();
  for (const { name, line } of cases) {
    const first = seen.get(name);
    if (first !== undefined) throw wrong(`${file}, line ${line}: '${name}' is the name of the case on line ${first}, too`);
    seen.set(name, line);
  }
  return cases;
}

function caseOf(text: string, at: { file: string; line: number }): NumberedCase {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`${at.file}, line ${at.line} is not JSON: ${messageOf(error)}`);
  }
  const parsed = Case.safeParse(value);
  if (!parsed.success) throw wrong(`${at.file}, line ${at.line}: ${misfit(parsed.error)}`);
  // JSON has no undefined, so a member that is not there is not there.
  if (!('input' in (value as object))) throw wrong(`${at.file}, line ${at.line}: input is missing`);
  return { ...parsed.data, line: at.line };
}

function misfit(error: z.ZodError): string {
  const issue = error.issues[0];
  const at = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.input === undefined && /undefined/.test(issue.message)) return `${at} is missing`;
  return `${at === '' ? '' : `${at}: `}${(issue?.message ?? 'it does not fit').replace(/^./, (first) => first.toLowerCase())}`;
}

const wrong = (message: string): TrimtabError => new TrimtabError('invalid_input', message);
