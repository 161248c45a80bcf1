import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { textCodec } from '../../runtime/codec.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { startPostgres } from '../../runtime/local/postgres.ts';
import { findTemporal } from '../../runtime/local/temporal-program.ts';
import { startTemporal } from '../../runtime/local/temporal.ts';
import { runServer } from '../../runtime/server-process.ts';
import { runWorker } from '../../runtime/worker-process.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { createKey } from '../../src/store/keys.ts';
import { migrate } from '../../src/store/migrate.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { storeHistory } from '../store-history.ts';

/** What the API answers, of runs, reviews and batches alike. */
export interface Answer {
  id: string;
  status: string;
  step: string;
  version: number;
  queue: string;
  value: unknown;
  error: { code: string } | null;
  ended_at: string | null;
  data: Answer[];
}

/** Real Postgres and Temporal in a folder of their own, and the server and worker of one project at a time. */
export interface Stack {
  home: string;
  db: Database;
  postgresUrl: string;
  /** End server and worker, if there are any, and start those of a project with these variables more. */
  serve(project: { configFile?: string; env: Record<string, string> }): Promise<void>;
  /** Another worker for the same server; not given: the same project's. */
  restartWorker(configFile?: string): Promise<void>;
  call(path: string, body?: unknown): Promise<Answer>;
  /** Start a run. Returns its id. */
  start(chain: string, input: unknown): Promise<string>;
  /** Start runs that are due at the same moment, so that they are gathered. Returns their ids. */
  startTogether(chain: string, inputs: readonly unknown[]): Promise<string[]>;
  /** Which gathering or batch has the run. */
  batchOf(run: string): Promise<string>;
  reach(id: string, status: string): Promise<Answer>;
  /** The review that the run waits for; `not`: the id of the one before. */
  review(id: string, not?: string): Promise<Answer>;
  decide(review: Answer, decision: Record<string, unknown>): Promise<Answer>;
  /** Store the history that a run or batch has so far, with those it has continued from. */
  keep(id: string, name: string): Promise<void>;
  /** The same when Temporal has seen its end. */
  keepEnded(id: string, name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Types of events, as `temporal.api.enums.v1.EventType` numbers them. */
const [taskScheduled, taskStarted] = [5, 6];

/** Look every 100 ms until there is something. */
export async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface StackOptions {
  /** The folder for histories, from test/histories; not given: the version of the package. */
  into: string | undefined;
  /** After so many events Temporal says that a run had better go on in a new history. Default: its own, 4,096. */
  longest?: number;
}

/** Temporal's program with a limit of our own: what starts it gives no settings. */
async function programWith(longest: number, { program, folder }: { program: string; folder: string }): Promise<string> {
  const file = join(folder, 'temporal-program');
  await writeFile(file, `#!/bin/sh\nexec '${program}' "$@" --dynamic-config-value limit.historyCount.suggestContinueAsNew=${longest}\n`, {
    mode: 0o700,
  });
  return file;
}

export async function startStack({ into, longest }: StackOptions): Promise<Stack> {
  const home = await mkdtemp(join(tmpdir(), 'trimtab-histories-'));
  const found = await findTemporal({ cache: readConfig().cache });
  const program = longest === undefined ? found : await programWith(longest, { program: found, folder: home });
  const postgres = await startPostgres({ home, log: () => undefined, durable: false });
  const temporal = await startTemporal({ home, program, inMemory: true });
  await migrate(postgres.url);
  const db = openDatabase(postgres.url, { max: 4 });
  const { key } = await createKey(db, { name: 'histories', scopes: ['runs:read', 'runs:write', 'reviews:decide'] });
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  const port = await freePort();
  const own = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'warn',
  };
  let options: { configFile?: string; env: Record<string, string | undefined> } = { env: own };
  let server: Awaited<ReturnType<typeof runServer>> | null = null;
  let worker: Awaited<ReturnType<typeof runWorker>> | null = null;
  const stopWorker = async (): Promise<void> => {
    worker?.stop();
    await worker?.done;
    worker = null;
  };
  const end = async (): Promise<void> => {
    await stopWorker();
    await server?.stop();
    server = null;
  };

  async function call(path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
  /** A task that has begun but not ended may have written its records already: what it recorded is in the history a moment later. */
  const settled = (id: string) =>
    until(async () => {
      const last = (await client.workflow.getHandle(id).fetchHistory()).events?.at(-1)?.eventType;
      return last === taskScheduled || last === taskStarted ? null : true;
    });
  const keep = async (run_id: string, name: string): Promise<void> => {
    await settled(run_id);
    for (const file of await storeHistory(client, textCodec(db), { run_id, name, whole: true, into })) console.log(file);
  };

  return {
    home,
    db,
    postgresUrl: postgres.url,
    call,
    keep,
    async serve({ configFile, env }) {
      await end();
      options = { env: { ...own, ...env }, ...(configFile ? { configFile } : {}) };
      server = await runServer(options);
      worker = await runWorker(options);
    },
    async restartWorker(configFile) {
      await stopWorker();
      worker = await runWorker({ ...options, ...(configFile ? { configFile } : {}) });
    },
    start: async (chain, input) => (await call(`/v1/chains/${chain}/runs`, { input })).id,
    async startTogether(chain, inputs) {
      const runs = inputs.map((input) => ({ id: newId('run'), input }));
      await db.transaction().execute(async (tx) => {
        for (const { id, input } of runs) await insertRun(tx, { id, chain, input, user: null, metadata: {}, by: 'histories' });
      });
      return runs.map(({ id }) => id);
    },
    async batchOf(run) {
      const row = await db.selectFrom('runs').select('batch_id').where('id', '=', run).executeTakeFirstOrThrow();
      if (row.batch_id === null) throw new Error(`${run} was not gathered`);
      return row.batch_id;
    },
    reach: (id, status) =>
      until(async () => {
        const run = await call(`/v1/runs/${id}`);
        return run.status === status ? run : null;
      }),
    review: (id, not = '') =>
      until(async () => (await call(`/v1/reviews?run_id=${id}&status=pending`)).data.find((one) => one.id !== not) ?? null),
    decide: ({ id, version }, decision) => call(`/v1/reviews/${id}/decision`, { version, ...decision }),
    async keepEnded(id, name) {
      // Rejects for a run that failed or was cancelled: that is an end too.
      await client.workflow
        .getHandle(id)
        .result()
        .catch(() => undefined);
      await keep(id, name);
    },
    async stop() {
      await end();
      await client.connection.close();
      await db.destroy();
      await Promise.all([temporal.stop(), postgres.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}
