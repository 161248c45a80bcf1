import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runServer } from '../../runtime/server-process.ts';
import { runWorker } from '../../runtime/worker-process.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { createKey, type Scope } from '../../src/store/keys.ts';
import { callApi, type ApiAnswer, type ApiCall } from './call-api.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { testTemporal } from './temporal.ts';

export interface TestEngine extends TestDatabase {
  url: string;
  env: Record<string, string>;
  /** A call of the API with a key of these scopes. */
  call(path: string, options?: ApiCall & { key?: string }): Promise<ApiAnswer>;
  key(scopes: readonly Scope[]): Promise<string>;
  /** Stop the worker and start one, with other variables or another build. */
  restartWorker(env?: Record<string, string>, configFile?: string): Promise<void>;
  stopWorker(): Promise<void>;
  restartServer(env?: Record<string, string>): Promise<void>;
}

const all: readonly Scope[] = ['runs:read', 'runs:write', 'reviews:decide', 'admin'];

/** The real server and the real worker on the suite's Postgres and Temporal, put together as in production. */
export async function testEngine(
  options: { env?: Record<string, string>; configFile?: string; worker?: boolean; server?: boolean } = {},
): Promise<TestEngine> {
  const database = await testDatabase({ max: 6 });
  const home = await mkdtemp(join(tmpdir(), 'trimtab-engine-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: testTemporal().address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_TASK_QUEUE: `engine-${port}-${process.pid}`,
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'silent',
    ...options.env,
  };
  const processes = { env, ...(options.configFile ? { configFile: options.configFile } : {}) };
  let server = options.server === false ? null : await runServer(processes);
  let worker = options.worker === false ? null : await runWorker(processes);
  const key = async (scopes: readonly Scope[]): Promise<string> =>
    (await createKey(database.db, { name: `test ${scopes.join(' ')}`, scopes })).key;
  const admin = await key(all);
  const stopWorker = async (): Promise<void> => {
    worker?.stop();
    await worker?.done;
    worker = null;
  };
  afterAll(async () => {
    await stopWorker();
    await server?.stop();
    await rm(home, { recursive: true, force: true });
  });
  return {
    ...database,
    url,
    env,
    key,
    stopWorker,
    call: (path, call = {}) => callApi({ url, key: call.key ?? admin }, path, call),
    async restartWorker(change = {}, build) {
      await stopWorker();
      worker = await runWorker({ ...processes, ...(build ? { configFile: build } : {}), env: { ...env, ...change } });
    },
    async restartServer(change = {}) {
      await server?.stop();
      server = await runServer({ ...processes, env: { ...env, ...change } });
    },
  };
}

/** Look until it holds; the test's own time-out is the limit. */
export async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
