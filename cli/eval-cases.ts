import { passagesIn, passagesOfCalls } from '../src/checks/passages.ts';
import { judgeCase } from '../src/evaluate/judge-case.ts';
import type { CaseResult } from '../src/evaluate/evaluation.ts';
import type { NumberedCase } from '../src/evaluate/case-file.ts';
import { roadOf } from '../src/evaluate/way.ts';
import type { Batch } from '../src/shapes/batch.ts';
import type { Passage } from '../src/shapes/passage.ts';
import type { Review } from '../src/shapes/review.ts';
import type { Run } from '../src/shapes/run.ts';
import type { Step } from '../src/shapes/step.ts';
import { ApiError, type Call } from './client.ts';
import { WrongUsage } from './wrong-usage.ts';

export interface CaseRunner {
  api<T>(path: string, call?: Call): Promise<T>;
  chain: string;
  /** Where the cases stand, for words about them. */
  file: string;
  /** On the metadata of every run, with the name of its case. */
  evaluation: string;
  /** So many cases are under way at once. */
  concurrency: number;
  /** Leave what waits for a person, or for a cause to be removed, as it is. Else it is cancelled once it is judged. */
  keep: boolean;
  /** Aborted: what runs is cancelled and what has not begun does not begin. */
  signal: AbortSignal;
  onResult(result: CaseResult): void;
}

/** A request has at most 1 MiB and 1,000 cases. */
const mostBytes = 900 * 1024;
const mostCases = 500;
const pollMs = 300;

interface Open {
  batch: string;
  cases: readonly NumberedCase[];
  judged: Set<number>;
  settled: number;
}

/** Run cases in batches and judge each as soon as it has ended or waits. Throws what the API refuses; what was judged until then was told. */
export async function runCases(cases: readonly NumberedCase[], runner: CaseRunner): Promise<void> {
  const rest = [...cases];
  const open: Open[] = [];
  const underWay = (): number => open.reduce((sum, one) => sum + one.cases.length - one.judged.size, 0);
  try {
    while (!runner.signal.aborted && rest.length + underWay() > 0) {
      const next = portion(rest, runner.concurrency - underWay());
      if (next.length > 0) open.push(await begin(rest.splice(0, next.length), runner));
      else {
        await pause(runner.signal);
        for (const one of open) await judgeSettled(one, runner);
      }
    }
  } finally {
    await cancelOpen(open, runner);
  }
}

function portion(rest: readonly NumberedCase[], room: number): NumberedCase[] {
  let bytes = 0;
  const most = Math.min(room, mostCases);
  const end = rest.findIndex(({ input }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(input)) + 300;
    return index >= most || (index > 0 && bytes > mostBytes);
  });
  return most <= 0 ? [] : rest.slice(0, end === -1 ? rest.length : end);
}

async function begin(cases: readonly NumberedCase[], { api, chain, file, evaluation }: CaseRunner): Promise<Open> {
  const { id } = await api<Batch>(`/v1/chains/${encodeURIComponent(chain)}/batches`, {
    method: 'POST',
    body: { cases: cases.map(({ name, line, input }) => ({ input, metadata: { evaluation, case: name, line } })) },
  }).catch((error: unknown) => {
    throw misfitOf(error, { cases, file });
  });
  return { batch: id, cases, judged: new Set(), settled: 0 };
}

/** An input that the chain does not take, by the line it stands on; anything else as it is. */
function misfitOf(error: unknown, { cases, file }: { cases: readonly NumberedCase[]; file: string }): unknown {
  if (!(error instanceof ApiError) || error.problem.code !== 'invalid_input') return error;
  const [field] = error.problem.errors ?? [];
  const [, index, rest = ''] = /^\/cases\/(\d+)(.*)$/.exec(field?.pointer ?? '') ?? [];
  const one = index === undefined ? undefined : cases[Number(index)];
  return one && field ? new WrongUsage(`${file}, line ${one.line}: ${rest.slice(1).replaceAll('/', '.')}: ${field.detail}`) : error;
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, pollMs);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });

async function judgeSettled(open: Open, runner: CaseRunner): Promise<void> {
  if (open.judged.size === open.cases.length) return;
  const { counts } = await runner.api<Batch>(`/v1/batches/${open.batch}`);
  const settled = open.cases.length - counts.running;
  // What was judged and is being cancelled counts as settled, too, so nothing new shows by the same number.
  if (settled === open.settled && counts.running > 0) return;
  open.settled = settled;
  for (const run of await runsOf(open.batch, runner)) {
    const line = Number(run.metadata['line']);
    const one = open.cases.find((each) => each.line === line);
    if (!one || run.status === 'running' || (run.status === 'waiting' && run.review_id === null) || open.judged.has(line)) continue;
    open.judged.add(line);
    runner.onResult(await resultOf(one, run, runner));
    if (!runner.keep && (run.status === 'waiting' || run.status === 'blocked')) await cancel(run.id, runner);
  }
}

async function runsOf(batch: string, { api }: CaseRunner): Promise<Run[]> {
  const runs: Run[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await api<{ data: Run[]; next_cursor: string | null }>('/v1/runs', { query: { batch, limit: '200', cursor } });
    runs.push(...page.data);
    if (page.next_cursor === null) return runs;
    cursor = page.next_cursor;
  }
}

async function resultOf({ name, line, holds }: NumberedCase, run: Run, { api }: CaseRunner): Promise<CaseResult> {
  const review = run.status === 'waiting' ? await api<Review>(`/v1/reviews/${run.review_id}`) : null;
  const { data: steps } = await api<{ data: Step[] }>(`/v1/runs/${run.id}/steps`);
  const value = review === null ? run.output : review.value;
  const waits_at = review?.step ?? null;
  const differences = judgeCase(holds, {
    status: run.status,
    waits_at,
    value,
    error: run.error?.message ?? null,
    passages: passagesOf(steps),
  });
  return {
    name,
    line,
    run_id: run.id,
    status: run.status,
    waits_at,
    passed: differences.length === 0,
    differences,
    ...roadOf({ status: run.status, asked: review?.kind ?? null }, steps),
    usage: run.usage,
    demo: run.demo,
  };
}

/** What the last writer was shown, in the order that its citations count. */
const passagesOf = (steps: readonly Step[]): Passage[] =>
  [steps.findLast(({ kind, superseded_by }) => kind === 'generate' && superseded_by === null)?.attempts.at(-1)]
    .filter((attempt) => attempt !== undefined)
    .flatMap(({ input, calls }) => [...passagesIn(input), ...passagesOfCalls(calls)]);

const cancel = (id: string, { api }: CaseRunner): Promise<unknown> => api(`/v1/runs/${id}/cancel`, { method: 'POST', body: {} });

/** Nobody looks at these any more. What cannot be reached is left to its end. */
async function cancelOpen(open: readonly Open[], runner: CaseRunner): Promise<void> {
  const left = open.filter(({ cases, judged }) => judged.size < cases.length);
  for (const { batch, judged } of left) {
    const runs = await runsOf(batch, runner).catch(() => []);
    for (const run of runs) if (!judged.has(Number(run.metadata['line']))) await cancel(run.id, runner).catch(() => undefined);
  }
}
