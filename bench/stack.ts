import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appendFault } from '../runtime/demo/model/fault-log.ts';
import { startDemoModel, type DemoModelOptions } from '../runtime/demo/model/server.ts';
import { freePort } from '../runtime/local/ports.ts';
import { startPostgres } from '../runtime/local/postgres.ts';
import { startTemporal } from '../runtime/local/temporal.ts';
import { findTemporal } from '../runtime/local/temporal-program.ts';
import { runServer } from '../runtime/server-process.ts';
import { runWorker } from '../runtime/worker-process.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { createKey } from '../src/store/keys.ts';
import { migrate } from '../src/store/migrate.ts';

export interface BenchStack {
  db: Database;
  url: string;
  key: string;
  faultLog: string;
  start(chain: string, input: unknown): Promise<string>;
  /** From now on the demo model makes other faults: those of this seed. */
  draw(seed: string): Promise<void>;
  stop(): Promise<void>;
}

interface BenchOptions {
  /** Default: the config of this folder. */
  configFile?: string;
  plan?: DemoModelOptions['plan'];
  /** What else the worker finds, started on the database that is there: environment variables. */
  world?: (made: { home: string; db: Database; url: string }) => Promise<{ env: Record<string, string>; stop(): Promise<void> }>;
}

/** Everything on this machine, from nothing: Postgres (durable), Temporal, demo model, server, worker; gone afterwards. */
export async function benchStack(options: BenchOptions = {}): Promise<BenchStack> {
  const home = await mkdtemp(join(tmpdir(), 'trimtab-bench-'));
  const postgres = await startPostgres({ home, log: () => undefined });
  const temporal = await startTemporal({ home, program: await findTemporal({ cache: readConfig().cache }) });
  await migrate(postgres.url);
  const faultLog = join(home, 'faults.jsonl');
  const db = openDatabase(postgres.url, { max: 4, name: 'trimtab bench' });
  const asked: DemoModelOptions = { ...(options.plan ? { plan: options.plan } : {}), log: (fault) => appendFault(faultLog, fault) };
  let model = await startDemoModel(asked);
  const world = await options.world?.({ home, db, url: postgres.url });
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_DEMO_MODEL_URL: model.base_url,
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'warn',
    ...world?.env,
  };
  const processes = { env, configFile: options.configFile ?? fileURLToPath(new URL('./trimtab.config.ts', import.meta.url)) };
  const [server, worker] = [await runServer(processes), await runWorker(processes)];
  const { key } = await createKey(db, { name: 'bench', scopes: ['runs:write', 'runs:read', 'reviews:decide'] });
  return {
    db,
    url: server.url,
    key,
    faultLog,
    async start(chain, input) {
      const response = await fetch(`${server.url}/v1/chains/${chain}/runs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ input }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    async draw(seed) {
      await model.stop();
      model = await startDemoModel({ ...asked, seed, port: Number(new URL(model.base_url).port) });
    },
    async stop() {
      worker.stop();
      await worker.done;
      await server.stop();
      await world?.stop();
      await db.destroy();
      await Promise.all([model.stop(), temporal.stop(), postgres.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}
