import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import pc from 'picocolors';
import type { Review } from '../src/shapes/review.ts';
import type { Run } from '../src/shapes/run.ts';
import { TrimtabError, errorTable, messageOf } from '../src/errors.ts';
import { api } from './client.ts';
import { mark, money, show, table } from './output.ts';
import { stepsOf } from './run.ts';
import { trace } from './trace.ts';
import { WrongUsage } from './wrong-usage.ts';

interface Filter {
  chain?: string;
  status?: string;
  user?: string;
  batch?: string;
  limit?: string;
  json?: boolean;
}
interface Page {
  data: Run[];
  next_cursor: string | null;
}

export async function listRuns(options: Filter): Promise<void> {
  const { chain, status, user, batch, limit } = options;
  const page = await api<Page>('/v1/runs', { query: { chain, status, user, batch, limit } });
  show(options, page, ({ data }) =>
    data.length === 0
      ? 'No runs yet. Start one with: trimtab run <chain> --input FILE'
      : table([
          ['RUN', 'CHAIN', 'STATUS', 'STARTED', 'COST', 'CASE'],
          ...data.map((run) => [run.id, run.chain, run.status, run.started_at, money(run.usage.cost_usd), caseOf(run)]),
        ]),
  );
  if (page.next_cursor !== null && !options.json)
    console.error(pc.dim('There are more: --limit says how many, up to 200; trimtab export runs writes all.'));
}

/** A run of an evaluation says of which, and which case it is. */
const caseOf = ({ metadata: { evaluation, case: name } }: Run): string =>
  typeof evaluation === 'string' ? `${evaluation}: ${String(name)}` : '';

export async function showRun(id: string, options: { json?: boolean }): Promise<void> {
  const [run, steps] = await Promise.all([api<Run>(`/v1/runs/${encodeURIComponent(id)}`), stepsOf(id)]);
  show(options, { ...run, steps }, () => trace(run, steps));
}

/** One blocked run, or all that a cause blocked. */
export async function retry(options: { run?: string; code?: string; chain?: string; json?: boolean }): Promise<void> {
  const { run, code, chain } = options;
  if (!run && !code && !chain) throw new WrongUsage('say which: --run ID, --code CODE or --chain NAME');
  if (code && !(code in errorTable))
    throw new WrongUsage(`'${code}' is no code of an error; 'trimtab runs --status blocked --json' shows those that block`);
  if (run) {
    const answer = await api<unknown>(`/v1/runs/${encodeURIComponent(run)}/retry`, { method: 'POST', body: {} });
    return show(options, answer, () => `${run}  ${mark('running')}`);
  }
  const answer = await api<{ data: string[] }>('/v1/runs/retry', {
    method: 'POST',
    body: { ...(code ? { code } : {}), ...(chain ? { chain } : {}) },
  });
  show(options, answer, ({ data }) => (data.length === 0 ? 'No blocked run fits.' : `Asked to go on: ${data.join(', ')}`));
}

/** Every question to a person, with what they were shown and decided. */
async function reviewsOf(run_id: string): Promise<Review[]> {
  const reviews: Review[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await api<{ data: Review[]; next_cursor: string | null }>('/v1/reviews', { query: { run_id, limit: '200', cursor } });
    reviews.push(...page.data);
    if (page.next_cursor === null) return reviews;
    cursor = page.next_cursor;
  }
}

/** Every run with its steps, attempts, verdicts and decisions, one JSON object a line. */
export async function exportRuns(options: Filter & { output?: string }): Promise<void> {
  const { chain, status, user, output } = options;
  const out = output ? await fileFor(output) : process.stdout;
  for (let cursor: string | undefined; ;) {
    const page: Page = await api<Page>('/v1/runs', { query: { chain, status, user, limit: '100', cursor } });
    for (const run of page.data) {
      const line = `${JSON.stringify({ ...run, steps: await stepsOf(run.id), reviews: await reviewsOf(run.id) })}\n`;
      if (!out.write(line)) await once(out, 'drain');
    }
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  if (out === process.stdout) return;
  out.end();
  await finished(out);
}

async function fileFor(path: string): Promise<NodeJS.WritableStream> {
  const file = createWriteStream(path);
  try {
    await once(file, 'open');
  } catch (error) {
    throw new TrimtabError('setup', `cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
  return file;
}
