/**
 * `npm run bench:waiting -- [--runs 10000] [--cache 200]`
 * So many runs wait for a person. What the worker's memory grows by over an idle one, and how long a decision takes to end a run
 * that the worker still holds, and one that it must replay. Everything runs here: Temporal's development server, Postgres (durable),
 * worker, server; the model answers at once.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { freePort } from '../runtime/local/ports.ts';
import { startPostgres } from '../runtime/local/postgres.ts';
import { startTemporal } from '../runtime/local/temporal.ts';
import { findTemporal } from '../runtime/local/temporal-program.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/database.ts';
import { createKey } from '../src/store/keys.ts';
import { migrate } from '../src/store/migrate.ts';
import { startScript } from './engine/processes.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' }, cache: { type: 'string', default: '200' } } });
const runs = Number(values.runs);
const perBatch = 500;
const decided = 20;
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const home = await mkdtemp(join(tmpdir(), 'trimtab-waiting-'));
const postgres = await startPostgres({ home, log: () => undefined });
const temporal = await startTemporal({ home, program: await findTemporal({ cache: readConfig().cache }) });
await migrate(postgres.url);
const db = openDatabase(postgres.url, { max: 4, name: 'trimtab bench' });
const port = await freePort();
const env = {
  DATABASE_URL: postgres.url,
  TEMPORAL_ADDRESS: temporal.address,
  TRIMTAB_HOME: home,
  TRIMTAB_PORT: String(port),
  TRIMTAB_TASK_QUEUE: `waiting-${port}`,
  TRIMTAB_WEB_ROOT: join(home, 'no-page'),
  TRIMTAB_LOG: 'warn',
  TRIMTAB_WORKFLOW_CACHE: values.cache,
};
const server = await startScript('./trimtab-process.ts', ['server', '0'], env);
const worker = await startScript('./trimtab-process.ts', ['worker', '0'], env);
const { key } = await createKey(db, { name: 'bench', scopes: ['runs:write', 'runs:read', 'reviews:decide'] });

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, { headers, ...post });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Resident memory of the worker in MiB. Linux only. */
const resident = async (): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${worker.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

async function waitingRuns(from: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += perBatch) {
    const cases = Array.from({ length: Math.min(perBatch, count - at) }, (_, n) => ({
      input: { question: `What about parcel ${from + at + n}` },
    }));
    await ask('chains/waits/batches', { cases });
  }
  for (;;) {
    const { rows } = await sql<{ open: number }>`select count(*)::int as open from reviews where status = 'pending'`.execute(db);
    if ((rows[0]?.open ?? 0) >= from + count) return;

    await pause(250);
  }
}

/** What a worker keeps of work that is over: its code is compiled, its heaps have grown. */
async function endedRuns(count: number): Promise<void> {
  const cases = Array.from({ length: count }, (_, n) => ({ input: { question: `What about parcel ${runs + n}` } }));
  const { id } = await ask<{ id: string }>('chains/notes/batches', { cases });
  for (;;) {
    const { rows } = await sql<{
      open: number;
    }>`select count(*)::int as open from runs where batch_id = ${id} and ended_at is null`.execute(db);
    if (rows[0]?.open === 0) return;
    await pause(250);
  }
}

/** Decide these, one after the other: milliseconds from the decision to the end of the run. */
async function decide(order: 'asc' | 'desc'): Promise<number[]> {
  const reviews = await db
    .selectFrom('reviews')
    .select(['id', 'run_id', 'version'])
    .where('status', '=', 'pending')
    .orderBy('created_at', order)
    .limit(decided)
    .execute();
  const took: number[] = [];
  for (const review of reviews) {
    const began = performance.now();
    await ask(`reviews/${review.id}/decision`, { version: review.version, decision: 'approve' });
    for (;;) {
      const { ended_at } = await db.selectFrom('runs').select('ended_at').where('id', '=', review.run_id).executeTakeFirstOrThrow();
      if (ended_at !== null) break;
      await pause(2);
    }
    took.push(performance.now() - began);
  }
  return took;
}

try {
  const warm = Number(values.cache);
  await pause(3_000);
  const idle = await resident();
  await endedRuns(perBatch);
  await pause(3_000);
  const rested = await resident();
  await waitingRuns(0, warm);
  await pause(3_000);
  const few = await resident();
  const began = performance.now();
  await waitingRuns(warm, runs - warm);
  const seconds = (performance.now() - began) / 1000;
  await pause(3_000);
  const full = await resident();
  print(
    `${runs} runs wait, worker cache ${values.cache}: ${(runs - warm) / seconds < 1 ? '<1' : ((runs - warm) / seconds).toFixed(1)} runs a second came to wait`,
  );
  print(
    `  worker: ${idle.toFixed(0)} MiB idle, ${rested.toFixed(0)} MiB after ${perBatch} runs that ended, ${few.toFixed(0)} MiB with ${warm} waiting, ${full.toFixed(0)} MiB with all: ${(full - idle).toFixed(0)} MiB more than idle`,
  );
  const [fresh, old] = [await decide('desc'), await decide('asc')];
  print(`  decision to end, median of ${decided}: newest ${median(fresh).toFixed(0)} ms, oldest (replayed) ${median(old).toFixed(0)} ms`);
} finally {
  for (const child of [worker, server]) child.kill('SIGKILL');
  await db.destroy();
  await Promise.all([temporal.stop(), postgres.stop()]);
  await rm(home, { recursive: true, force: true });
}
process.exit(0);
