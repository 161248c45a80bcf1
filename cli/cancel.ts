import type { Batch } from '../src/shapes/batch.ts';
import type { Run } from '../src/shapes/run.ts';
import { api } from './client.ts';
import { mark, show } from './output.ts';
import { WrongUsage } from './wrong-usage.ts';

const open = ['running', 'waiting', 'blocked'] as const;
const atOnce = 8;

/** `trimtab cancel <run>` or `--batch <id>`: asked of each run, which stops by itself. One that has ended stays as it is. */
export async function cancel(id: string | undefined, options: { batch?: string; json?: boolean }): Promise<void> {
  if ((id === undefined) === (options.batch === undefined)) throw new WrongUsage('say which: a run, or --batch ID');
  if (id !== undefined) return show(options, await cancelRun(id), (run) => `${id}  ${askedOf(run)}`);
  const asked = await cancelBatch(options.batch as string);
  show(options, { data: asked }, () =>
    asked.length === 0 ? `${options.batch}: every run has ended.` : `${options.batch}: ${asked.length} of its runs are asked to stop.`,
  );
}

const askedOf = ({ status }: Run): string => (open.some((each) => each === status) ? 'is asked to stop' : mark(status));

const cancelRun = (id: string): Promise<Run> => api<Run>(`/v1/runs/${encodeURIComponent(id)}/cancel`, { method: 'POST' });

/** Sweeps until one finds nothing new: a run may go from one status to the next while they are listed. */
async function cancelBatch(batch: string): Promise<string[]> {
  await api<Batch>(`/v1/batches/${encodeURIComponent(batch)}`);
  const asked = new Set<string>();
  for (;;) {
    const found = (await openRuns(batch)).filter((id) => !asked.has(id));
    if (found.length === 0) return [...asked];
    for (let n = 0; n < found.length; n += atOnce) await Promise.all(found.slice(n, n + atOnce).map(cancelRun));
    for (const id of found) asked.add(id);
  }
}

async function openRuns(batch: string): Promise<string[]> {
  const ids: string[] = [];
  for (const status of open)
    for (let cursor: string | undefined; ;) {
      const page = await api<{ data: Run[]; next_cursor: string | null }>('/v1/runs', { query: { batch, status, limit: '200', cursor } });
      ids.push(...page.data.map(({ id }) => id));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
  return ids;
}
