import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configuredChains } from '../runtime/project.ts';
import { TrimtabError } from '../src/errors.ts';
import { parseCases, type NumberedCase } from '../src/evaluate/case-file.ts';
import { evaluationOf, type CaseResult } from '../src/evaluate/evaluation.ts';
import { api } from './client.ts';
import { runCases } from './eval-cases.ts';
import { drawReport } from './eval-report.ts';
import { show } from './output.ts';
import { readText } from './read-text.ts';
import { withChainsNamed } from './unknown-chain.ts';
import { WrongUsage } from './wrong-usage.ts';

interface Options {
  cases?: string;
  only?: string;
  min: string;
  concurrency?: string;
  keep?: boolean;
  effects?: boolean;
  json?: boolean;
}
interface Chain {
  name: string;
  steps: { name: string; kind: string }[];
}

/** `trimtab eval <chain>`: exit code 1 when fewer than `--min` of the cases passed, or not all were judged. */
export async function evaluate(chain: string, options: Options): Promise<void> {
  const min = minOf(options.min);
  const concurrency = concurrencyOf(options.concurrency);
  const served = await api<Chain>(`/v1/chains/${encodeURIComponent(chain)}`).catch(async (error: unknown) => {
    throw await withChainsNamed(error, chain);
  });
  const source = options.cases ?? (await casesFileOf(chain));
  const file = source === '-' ? 'standard input' : source;
  const cases = chosen(casesIn(source, file), options.only);
  checkSteps(served, { cases, file });
  if (!options.effects) checkEffects(served);
  const evaluation = `eval_${randomBytes(6).toString('hex')}`;
  const results: CaseResult[] = [];
  const say = options.json ? () => undefined : (words: string) => console.error(words);
  say(`${cases.length} cases of ${file} as ${evaluation}`);
  const since = performance.now();
  const stop = interrupts(say);
  const ended = await runCases(cases, {
    api,
    chain,
    file,
    evaluation,
    concurrency,
    keep: options.keep ?? false,
    signal: stop.signal,
    onResult(result) {
      results.push(result);
      say(`  ${results.length} of ${cases.length}  ${result.passed ? 'passed' : 'FAILED'}  ${result.name}`);
    },
  }).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  stop.done();
  const report = {
    evaluation,
    chain,
    file,
    min,
    ...evaluationOf(results, cases.length),
    duration_ms: Math.round(performance.now() - since),
    interrupted: results.length < cases.length,
    results: results.toSorted((a, b) => a.line - b.line),
  };
  if (ended === null || results.length > 0) show(options, report, (it) => `\n${drawReport(it)}`);
  if (ended !== null) throw ended.error;
  if (report.interrupted || report.pass_rate < min) process.exitCode = 1;
  if (report.pass_rate < min && !report.interrupted) say(`\n${report.passed} of ${report.cases} is less than --min ${min}`);
}

function minOf(text: string): number {
  const min = Number(text);
  if (text.trim() === '' || !(min >= 0 && min <= 1)) throw new WrongUsage(`--min ${text} is no share: give a number from 0 to 1, like 0.8`);
  return min;
}

function concurrencyOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const most = Number(text);
  if (!Number.isInteger(most) || most < 1) throw new WrongUsage(`--concurrency ${text} is no count: give a whole number from 1`);
  return most;
}

async function casesFileOf(chain: string): Promise<string> {
  const folder = (await configuredChains()).get(chain);
  if (folder === undefined) throw new WrongUsage(`the project in this folder has no chain '${chain}'; say which cases: --cases FILE`);
  const file = join(folder, 'cases.jsonl');
  if (!existsSync(file)) throw new WrongUsage(`there is no ${file}; write one, or say which cases: --cases FILE`);
  return file;
}

function casesIn(source: string, name: string): NumberedCase[] {
  const text = readText(source);
  try {
    return parseCases(text, name);
  } catch (error) {
    throw error instanceof TrimtabError ? new WrongUsage(error.message) : error;
  }
}

function chosen(cases: readonly NumberedCase[], only: string | undefined): readonly NumberedCase[] {
  if (only === undefined) return cases;
  const found = cases.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()));
  if (found.length === 0) throw new WrongUsage(`no case has '${only}' in its name; there are ${cases.map(({ name }) => name).join(', ')}`);
  return found;
}

function checkSteps({ steps }: Chain, { cases, file }: { cases: readonly NumberedCase[]; file: string }): void {
  const names = steps.filter(({ kind }) => kind === 'review' || kind === 'generate').map(({ name }) => name);
  const wrong = cases.find(({ holds }) => holds.waits_at !== undefined && !names.includes(holds.waits_at));
  if (wrong)
    throw new WrongUsage(
      `${file}, line ${wrong.line}: waits_at: no step '${wrong.holds.waits_at}' asks a person; there are ${names.join(', ')}`,
    );
}

/** An evaluation runs the chain for real. Where a person approves first, it goes no further than to them. */
function checkEffects({ name, steps }: Chain): void {
  const kinds = steps.map(({ kind }) => kind);
  const act = kinds.indexOf('act');
  const review = kinds.indexOf('review');
  if (act === -1 || (review !== -1 && review < act)) return;
  throw new WrongUsage(
    `'${name}' acts on the world in its step '${steps[act]?.name}' and asks nobody before; an evaluation would really do it, once a case. Say --effects if that is wanted`,
  );
}

/** Ctrl-C ends it with what there is so far; pressed again, at once. */
function interrupts(say: (words: string) => void): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    say('stopping: cases that run are cancelled (Ctrl-C again ends at once)');
    process.exitCode = 1;
    controller.abort();
    done();
  };
  const done = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return { signal: controller.signal, done };
}
