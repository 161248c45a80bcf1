import { createWriteStream } from 'node:fs';
import type { Run } from '../src/shapes/run.ts';
import { TrimtabError } from '../src/errors.ts';
import { api } from './client.ts';
import { mark, money, show, table } from './output.ts';
import { stepsOf } from './run.ts';
import { trace } from './trace.ts';

interface Filter { chain?: string; status?: string; user?: string; limit?: string; json?: boolean }
interface Page { data: Run[]; next_cursor: string | null }

export async function listRuns(options: Filter): Promise<void> {
  const { chain, status, user, limit } = options;
  const page = await api<Page>('/v1/runs', { query: { chain, status, user, limit } });
  show(options, page, ({ data }) => (data.length === 0 ? 'No runs yet. Start one with: trimtab run <chain> --input FILE' : table([
    ['RUN', 'CHAIN', 'STATUS', 'STARTED', 'COST'],
    ...data.map((run) => [run.id, run.chain, run.status, run.started_at, money(run.usage.cost_usd)]),
  ])));
}

export async function showRun(id: string, options: { json?: boolean }): Promise<void> {
  const [run, steps] = await Promise.all([api<Run>(`/v1/runs/${id}`), stepsOf(id)]);
  show(options, { ...run, steps }, () => trace(run, steps));
}

/** One blocked run, or all that a cause blocked. */
export async function retry(options: { run?: string; code?: string; chain?: string; json?: boolean }): Promise<void> {
  if (!options.run && !options.code && !options.chain) throw new TrimtabError('bad_request', 'say which: --run ID, --code CODE or --chain NAME');
  const answer = options.run
    ? await api<unknown>(`/v1/runs/${options.run}/retry`, { method: 'POST', body: {} })
    : await api<unknown>('/v1/runs/retry', { method: 'POST', body: { ...(options.code ? { code: options.code } : {}), ...(options.chain ? { chain: options.chain } : {}) } });
  show(options, answer, () => (options.run ? `${options.run}  ${mark('running')}` : `asked: ${JSON.stringify(answer)}`));
}

/** Every run with its steps, attempts and verdicts, one JSON object a line. */
export async function exportRuns(options: Filter & { output?: string }): Promise<void> {
  const out = options.output ? createWriteStream(options.output) : process.stdout;
  for (let cursor: string | undefined; ;) {
    const page: Page = await api<Page>('/v1/runs', { query: { chain: options.chain, status: options.status, user: options.user, limit: '100', cursor } });
    for (const run of page.data) out.write(`${JSON.stringify({ ...run, steps: await stepsOf(run.id) })}\n`);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  if (out !== process.stdout) out.end();
}
