import { CommanderError } from 'commander';
import pc from 'picocolors';
import { TrimtabError, errorTable, messageOf, type ErrorCode, type FieldError } from '../src/errors.ts';
import { Advised } from './advised.ts';
import { ApiError } from './client.ts';
import { wantsJson } from './wants-json.ts';
import { WrongUsage } from './wrong-usage.ts';

/** What `--json` prints of a failure, as `{"error": …}`: the API's problem, or one of ours with the members that both have. */
interface Failure {
  code: string;
  title: string;
  detail: string;
  next: string;
  docs?: string;
  errors?: FieldError[];
}

/** What, why, next on stderr: one thing a line, or with `--json` one object on one line. */
export function explain(error: unknown): void {
  if (wantsJson()) console.error(JSON.stringify({ error: failureOf(error) }));
  else for (const line of linesOf(error)) console.error(line);
}

const help = 'run trimtab <command> --help for its options';

function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) return { ...ofCode('internal', error.message), ...error.problem } as Failure;
  if (error instanceof Advised) return { ...ofCode(error.code, error.message), next: error.next };
  if (error instanceof TrimtabError)
    return { ...ofCode(error.code, error.message), ...(error.errors.length > 0 ? { errors: error.errors } : {}) };
  if (error instanceof WrongUsage || error instanceof CommanderError)
    return { code: 'wrong_usage', title: 'Wrong usage', detail: usageOf(error), next: help };
  return ofCode('internal', messageOf(error));
}

const ofCode = (code: ErrorCode, detail: string): Failure => {
  const { title, next, docs } = errorTable[code];
  return { code, title, detail, next, docs };
};

const usageOf = (error: Error): string =>
  error.message === '(outputHelp)' ? 'a command is missing' : error.message.replace(/^error: /, '');

function linesOf(error: unknown): string[] {
  const first = `${pc.red('✗')} ${messageOf(error)}`;
  if (error instanceof ApiError) {
    const fields = (error.problem.errors ?? []).map((field) => `  ${field.pointer || '/'}: ${field.detail}`);
    return [first, ...fields, ...(error.problem.next ? [`  ${error.problem.next}`] : [])];
  }
  if (error instanceof Advised) return [first, `  ${error.next}`];
  if (error instanceof WrongUsage) return [first, `  (${help})`];
  if (error instanceof TrimtabError) return error.code === 'setup' ? [first] : [first, `  ${errorTable[error.code].next}`];
  return error instanceof Error && error.stack && process.env['TRIMTAB_LOG'] === 'debug' ? [first, error.stack] : [first];
}
