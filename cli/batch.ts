import { randomUUID } from 'node:crypto';
import pc from 'picocolors';
import type { Batch, BatchCounts } from '../src/shapes/batch.ts';
import { Advised } from './advised.ts';
import { portions, readCases, refusedCase, type Case } from './batch-file.ts';
import { api, ApiError } from './client.ts';
import { unlessInterrupted } from './interrupted.ts';
import { mark, show } from './output.ts';
import { withChainsNamed } from './unknown-chain.ts';

interface Options {
  batch: string;
  wait?: boolean;
  user?: string;
  idempotencyKey?: string;
  json?: boolean;
}

const pollMs = 500;

/** `trimtab run <chain> --batch FILE [--wait]`: a run for each line. Exit code 1 when one of them failed or is blocked. */
export async function runBatch(chain: string, options: Options): Promise<void> {
  const batches = await startAll(chain, options);
  const print = options.json ? () => undefined : (line: string) => console.error(line);
  const ended = options.wait ? await waitFor(batches, print) : batches;
  show(options, ended, () => ended.map((batch) => `${batch.id}  ${countsOf([batch])}`).join('\n'));
  const { failed, blocked, cancelled } = sum(ended);
  if (options.wait && failed + blocked + cancelled > 0) process.exitCode = 1;
}

/** All or none, also where the file is more than one request: every line is looked at before the first batch starts. */
async function startAll(chain: string, options: Options): Promise<Batch[]> {
  const path = `/v1/chains/${encodeURIComponent(chain)}/batches`;
  const parts = portions(readCases(options.batch));
  const send = async <T>(to: string, cases: readonly Case[], headers: Record<string, string> = {}): Promise<T> => {
    const body = { cases: cases.map(({ input }) => ({ input, ...(options.user ? { user: options.user } : {}) })) };
    return api<T>(to, { method: 'POST', body, headers }).catch(async (error: unknown) => {
      throw refusedCase(error, cases, options.batch) ?? (await withChainsNamed(error, chain));
    });
  };
  if (parts.length > 1) for (const cases of parts) await send(`${path}/check`, cases);
  const key = options.idempotencyKey ?? (parts.length > 1 ? randomUUID() : null);
  const batches: Batch[] = [];
  for (const [n, cases] of parts.entries()) {
    const started = send<Batch>(path, cases, key === null ? {} : { 'idempotency-key': `${key}/${n}` });
    batches.push(await started.catch((error: unknown) => Promise.reject(key !== null && n > 0 ? inPart(error, batches, key) : error)));
  }
  return batches;
}

/** What was started is running and paid for: how to start the rest alone. */
function inPart(error: unknown, batches: readonly Batch[], key: string): Advised {
  const cases = batches.reduce((total, batch) => total + batch.cases, 0);
  const code = error instanceof ApiError && error.status === 503 ? 'unavailable' : 'setup';
  return new Advised(
    code,
    error instanceof Error ? error.message : String(error),
    `The first ${cases} cases have started (${idsOf(batches)}). The same command with --idempotency-key ${key} starts the rest, and nothing twice.`,
  );
}

/** A line whenever something has moved, until no run of the batches is running. Whoever stops waiting hears their names. */
async function waitFor(batches: readonly Batch[], print: (line: string) => void): Promise<Batch[]> {
  const goesOn = `Nothing was stopped: ${idsOf(batches)} ${batches.length > 1 ? 'go' : 'goes'} on. See the runs with: ${batches.map(({ id }) => `trimtab runs --batch ${id}`).join(' and ')}; stop them with trimtab cancel --batch`;
  for (const { id } of batches) print(pc.dim(`  ${id}`));
  return unlessInterrupted(goesOn, () => follow(batches, print));
}

const idsOf = (batches: readonly Batch[]): string => batches.map(({ id }) => id).join(', ');

async function follow(batches: readonly Batch[], print: (line: string) => void): Promise<Batch[]> {
  for (let said = ''; ;) {
    const now = await Promise.all(batches.map(({ id }) => api<Batch>(`/v1/batches/${id}`)));
    const line = countsOf(now);
    if (line !== said) print(`  ${line}`);
    said = line;
    if (sum(now).running === 0) return now;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const statuses = ['succeeded', 'waiting', 'running', 'blocked', 'failed', 'cancelled'] as const;

const sum = (batches: readonly Batch[]): BatchCounts =>
  batches.reduce(
    (total, { counts }) => Object.fromEntries(statuses.map((status) => [status, total[status] + counts[status]])) as BatchCounts,
    { succeeded: 0, waiting: 0, running: 0, blocked: 0, failed: 0, cancelled: 0 },
  );

function countsOf(batches: readonly Batch[]): string {
  const counts = sum(batches);
  return statuses.flatMap((status) => (counts[status] > 0 ? [`${counts[status]} ${mark(status)}`] : [])).join(', ');
}
