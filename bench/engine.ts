/**
 * `npm run bench:engine -- [--chains N] [--rounds N] [--latency 0,20] [--only a,b,c,d,e,f]`
 * The same chain, 5.4 calls of a scripted model on average, four times on this machine, interleaved:
 * (a) Temporal by hand, every call a regular activity; (b) by hand, every call a local activity;
 * (c) trimtab with everything on, from the HTTP call to the record; (d) a bare loop that writes a row a call;
 * (e) the same as (c), as one batch; (f) a chain of 40 calls, for what one call more costs.
 * Everything runs here: Temporal's development server, Postgres (durable), worker, server. CPU is that of all of them.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
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
import { cpuBetween, cpuByProgram, startScript } from './engine/processes.ts';
import { runAll, type Round, type Took } from './engine/runner.ts';

const { values } = parseArgs({
  options: {
    chains: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    latency: { type: 'string', default: '0,20' },
    only: { type: 'string', default: 'a,b,c,d,e,f' },
  },
});
const chains = Number(values.chains);
const rounds = Number(values.rounds);
const together = 50;
const alone = 20;
const calls = 5.4;
const longCalls = 40;
const settleMs = 1_500;
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

interface Contender {
  name: string;
  run(round: Round): Promise<Took>;
  stop(): Promise<void>;
}
interface Measured {
  rate: number[];
  cpu: number[];
  alone: number[];
  /** CPU seconds by program in the last round. */ used: Map<string, number>;
}

const home = await mkdtemp(join(tmpdir(), 'trimtab-engine-'));
const postgres = await startPostgres({ home, log: () => undefined });
const temporal = await startTemporal({ home, program: await findTemporal({ cache: readConfig().cache }) });
await migrate(postgres.url);
const db = openDatabase(postgres.url, { max: 4, name: 'trimtab bench' });

async function scriptContender(name: string, script: string, args: readonly string[]): Promise<Contender> {
  const child = await startScript(script, args);
  return {
    name,
    run: (round) =>
      new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error(`${name} ended`)));
        child.once('message', (took) => resolve(took as Took));
        child.send(round);
      }),
    stop: async () => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    },
  };
}

async function trimtab(latency: string): Promise<Contender & { events(): Promise<number>; others: Record<string, Contender> }> {
  const port = await freePort();
  const env = {
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_TASK_QUEUE: `trimtab-${port}`,
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'warn',
  };
  const children = await Promise.all(['server', 'worker'].map((part) => startScript('./trimtab-process.ts', [part, latency], env)));
  const { key } = await createKey(db, { name: `bench ${port}`, scopes: ['runs:write', 'runs:read'] });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  let last = '';
  const oneOf =
    (chain: string) =>
    async (question: string): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/chains/${chain}/runs?wait=30`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ input: { question } }),
      });
      let run = (await response.json()) as { id: string; status: string };
      while (run.status === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 200));
        run = (await (await fetch(`http://127.0.0.1:${port}/v1/runs/${run.id}`, { headers })).json()) as typeof run;
      }
      if (run.status !== 'succeeded') throw new Error(`${response.status} ${JSON.stringify(run)}`);
      last = run.id;
    };
  const one = oneOf('notes');
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await (await fetch(`http://127.0.0.1:${port}/v1/${path}`, { headers, ...post })).json()) as T;
  };
  const batch: Contender = {
    name: 'e trimtab, a batch',
    async run({ chains: count, together: lanes, from }) {
      // One at a time is no batch.
      if (lanes === 1) return { seconds: 0, each: [] };
      const began = performance.now();
      const cases = Array.from({ length: count }, (_, n) => ({ input: { question: `What about parcel ${from + n}` } }));
      const { id } = await ask<{ id: string }>('chains/notes/batches', { cases });
      for (;;) {
        const { ended_at, counts } = await ask<{ ended_at: string | null; counts: { succeeded: number } }>(`batches/${id}`);
        if (ended_at !== null && counts.succeeded === count) return { seconds: (performance.now() - began) / 1000, each: [] };
        if (ended_at !== null) throw new Error(`the batch ended with ${JSON.stringify(counts)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => undefined,
  };
  const long: Contender = { name: 'f trimtab, 40 calls', run: (round) => runAll(round, oneOf('long')), stop: async () => undefined };
  return {
    name: 'c trimtab',
    others: { e: batch, f: long },
    run: (round) => runAll(round, one),
    async events() {
      // One that comes alone has a workflow of its own.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await one('What about parcel 1?');
      const { Client, Connection } = await import('@temporalio/client');
      const connection = await Connection.connect({ address: temporal.address });
      const handle = new Client({ connection }).workflow.getHandle(last);
      // The record has the run's end a moment before Temporal has.
      await handle.result();
      const { historyLength } = await handle.describe();
      await connection.close();
      return historyLength;
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

const kept = async (): Promise<number> => {
  const { rows } = await sql<{ size: string }>`select sum(pg_total_relation_size(c.oid))::text as size from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'trimtab') and c.relkind in ('r', 'm')`.execute(db);
  const files = await Promise.all(
    ['', '-wal'].map((end) =>
      stat(join(home, `temporal/temporal.db${end}`)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return Number(rows[0]?.size ?? 0) + files.reduce((sum, size) => sum + size, 0);
};

async function measure(latency: string): Promise<void> {
  const only = values.only.split(',');
  // (c), (e) and (f) are worked by the same processes.
  const ours = only.some((name) => 'cef'.includes(name)) ? await trimtab(latency) : null;
  const makers: Record<string, () => Contender | null | undefined | Promise<Contender>> = {
    a: () => scriptContender('a by hand, regular', './hand-process.ts', ['regular', temporal.address, latency]),
    b: () => scriptContender('b by hand, local', './hand-process.ts', ['local', temporal.address, latency]),
    c: () => ours,
    d: () => scriptContender('d bare loop', './bare-process.ts', [postgres.url, latency]),
    e: () => ours?.others['e'],
    f: () => ours?.others['f'],
  };
  const contenders: Contender[] = [];
  for (const name of only) {
    const made = await makers[name]?.();
    if (made) contenders.push(made);
  }
  const results = new Map<Contender, Measured>(contenders.map((each) => [each, { rate: [], cpu: [], alone: [], used: new Map() }]));
  let keptBytes = 0;
  let from = 1;
  for (const each of contenders) await each.run({ chains: 100, together, from });
  for (let round = 0; round < rounds; round += 1) {
    for (const each of contenders) {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const result = results.get(each) as Measured;
      const [cpu, bytes] = [await cpuByProgram(process.pid), await kept()];
      const took = await each.run({ chains, together, from });
      result.rate.push(chains / took.seconds);
      result.used = cpuBetween(cpu, await cpuByProgram(process.pid));
      result.cpu.push([...result.used.values()].reduce((sum, seconds) => sum + seconds, 0) * (1000 / chains));
      if (each.name.startsWith('c')) keptBytes = ((await kept()) - bytes) / chains;
      result.alone.push(median((await each.run({ chains: alone, together: 1, from })).each));
      from += chains;
    }
  }
  report(latency, results);
  if (ours && only.includes('c'))
    print(
      `trimtab keeps ${(keptBytes / 1024).toFixed(1)} KiB a chain (Postgres and Temporal's file); ${await ours.events()} history events`,
    );
  for (const each of contenders) await each.stop();
  await ours?.stop();
}

function report(latency: string, results: ReadonlyMap<Contender, Measured>): void {
  const callsOf = (name: string): number => (name.startsWith('f') ? longCalls : calls);
  print(`\nmodel answers after ${latency} ms; ${chains} chains of ${calls} calls, ${together} in flight; medians of ${rounds}`);
  print('                      chains/s   CPU ms/chain   ms/call alone');
  const rows = [...results].map(([{ name }, { rate, cpu, alone: each }]) => ({
    name,
    rate: median(rate),
    cpu: median(cpu),
    call: median(each) / callsOf(name),
  }));
  for (const row of rows)
    print(
      `  ${row.name.padEnd(20)}${row.rate.toFixed(1).padStart(8)}${row.cpu.toFixed(1).padStart(15)}${(Number.isNaN(row.call) ? '-' : row.call.toFixed(1)).padStart(16)}`,
    );
  for (const [{ name }, { used }] of results) {
    const shares = [...used].map(([program, seconds]) => [program, (seconds * 1000) / chains] as const).filter(([, ms]) => ms >= 0.2);
    print(`  ${name.slice(0, 1)}: ${shares.map(([program, ms]) => `${program} ${ms.toFixed(1)}`).join(', ')}`);
  }
  const of = (letter: string) => rows.find(({ name }) => name.startsWith(letter));
  const [a, b, c, e, f] = [of('a'), of('b'), of('c'), of('e'), of('f')];
  if (a && c) print(`  c/a: ${(c.rate / a.rate).toFixed(2)} x chains/s, ${(c.cpu / a.cpu).toFixed(2)} x CPU`);
  if (b && c) print(`  c/b: ${(c.rate / b.rate).toFixed(2)} x chains/s, ${(c.cpu / b.cpu).toFixed(2)} x CPU`);
  if (c && e) print(`  e/c: ${(e.rate / c.rate).toFixed(2)} x chains/s, ${(e.cpu / c.cpu).toFixed(2)} x CPU`);
  if (c && f) print(`  f: ${((f.cpu - c.cpu) / (longCalls - calls)).toFixed(2)} ms CPU a call more than c's ${calls}`);
  if (c) print(`  c over the model's own time: ${(c.call - Number(latency)).toFixed(1)} ms a call, one at a time`);
}

try {
  for (const latency of values.latency.split(',')) await measure(latency);
} finally {
  await db.destroy();
  await Promise.all([temporal.stop(), postgres.stop()]);
  await rm(home, { recursive: true, force: true });
}
process.exit(0);
