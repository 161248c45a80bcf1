import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../runtime/local/ports.ts';
import { startPostgres, type LocalPostgres } from '../../../runtime/local/postgres.ts';
import { findTemporal } from '../../../runtime/local/temporal-program.ts';
import { startTemporal, type LocalTemporal } from '../../../runtime/local/temporal.ts';
import { readConfig } from '../../../src/config.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createKey } from '../../../src/store/keys.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { createWebhook } from '../../../src/store/webhooks.ts';
import type { ProviderCall, Scripted } from '../../../testing/provider-server.ts';
import { callApi, type ApiAnswer, type ApiCall } from '../../stack/call-api.ts';
import { startChild, type Child } from '../../stack/trimtab-child.ts';
import { packProcesses } from './packed.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { startScriptedModel, type ScriptedModel } from './scripted-model.ts';

type Program = 'server' | 'worker';
const saysWhenUp = { server: 'listens', worker: 'serves' } as const;

/** A whole installation of its own: Postgres, Temporal, outside services that count, and processes to kill. */
export interface FaultStack {
  home: string;
  env: Record<string, string>;
  /** The first server's address. */
  url: string;
  key: string;
  db: Database;
  databaseUrl: string;
  temporalAddress: string;
  model: ScriptedModel;
  desk: Receiver;
  hooks: Receiver;
  /** A call of the API; `url`: of another server than the first. Rejects with a TypeError where nobody answers. */
  call(path: string, options?: ApiCall & { url?: string }): Promise<ApiAnswer>;
  /** A server that listens. `env`: over the stack's own; give TRIMTAB_PORT for a second one. */
  server(env?: Record<string, string>, cwd?: string): Promise<Child>;
  /** A worker that serves. */
  worker(env?: Record<string, string>, cwd?: string): Promise<Child>;
  /** A process that has loaded its code and waits, where the stack is packed; it serves when it is told to. */
  spare(name: Program, env?: Record<string, string>): Spare;
  postgres: Outage;
  temporal: Outage;
  stop(): Promise<void>;
}
export interface Spare {
  child: Child;
  /** Settles when it serves. Rejects when it ended before. */
  serve(): Promise<void>;
}
/** A server of ours that can be killed with kill -9, stopped in order, and started again on its port with its data. */
export interface Outage {
  kill(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const projects = fileURLToPath(new URL('../../projects/', import.meta.url));

export interface StackOptions {
  /** Over what the processes get; `DATABASE_URL` and `TEMPORAL_ADDRESS` are the stack's own otherwise. */
  env?: Record<string, string>;
  say?: (call: ProviderCall, question: string) => Scripted | null;
  /** True: fsync is on, so that a postmaster killed with kill -9 loses nothing that it acknowledged. Default true. */
  durable?: boolean;
  /** Folder of the project that the processes serve, under test/projects. Default: the one with the chain `tickets`. */
  project?: string;
  /** True: processes start from one packed file, for a fraction of the CPU; for scenarios that start many. */
  packed?: boolean;
}

export async function startFaultStack(options: StackOptions = {}): Promise<FaultStack> {
  const folder = join(projects, options.project ?? '');
  const home = await mkdtemp(join(tmpdir(), 'trimtab-fault-'));
  // The unprivileged user that runs Postgres must get in.
  await chmod(home, 0o755);
  const packed = options.packed ? await packProcesses(folder, home) : null;
  const program = await findTemporal({ cache: readConfig().cache });
  const launchPostgres = () => startPostgres({ home, log: () => undefined, durable: options.durable ?? true });
  const launchTemporal = () => startTemporal({ home, program });
  const [postgresServer, temporalServer, model, desk, hooks] = await Promise.all([
    launchPostgres(),
    launchTemporal(),
    startScriptedModel(options.say),
    startReceiver('idempotency-key'),
    startReceiver('webhook-id'),
  ]);
  const databaseUrl = postgresServer.url;
  await migrate(databaseUrl);
  const db = openDatabase(databaseUrl, { max: 4, name: 'trimtab fault test' });
  const { key } = await createKey(db, { name: 'fault test', scopes: ['runs:read', 'runs:write', 'reviews:decide', 'admin'] });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalServer.address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'silent',
    OPENAI_BASE_URL: model.openai_url,
    OPENAI_API_KEY: 'sk-test',
    TRIMTAB_ENDPOINT_DESK: desk.url,
    ...options.env,
  };
  await createWebhook(db, { url: hooks.url, events: ['run.ended', 'run.blocked', 'review.created', 'review.decided'], by: 'fault test' });
  const children: Child[] = [];
  let stopping = false;
  const start = (name: Program, change: Record<string, string>, cwd: string): Child => {
    const child = startChild([name], {
      cwd,
      env: { ...env, ...change },
      ...(packed === null || cwd !== folder ? {} : { file: packed.file }),
    });
    children.push(child);
    if (stopping) child.signal('SIGKILL');
    return child;
  };
  const postgres = outage(postgresServer, launchPostgres, () => postmasterPid(home));
  const temporal = outage(temporalServer, launchTemporal, () => temporalPid(home));
  return {
    home,
    env,
    url,
    key,
    db,
    databaseUrl,
    temporalAddress: temporalServer.address,
    model,
    desk,
    hooks,
    postgres,
    temporal,
    call: (path, call = {}) => callApi({ url: call.url ?? url, key }, path, call),
    async server(change = {}, cwd = folder) {
      const child = start('server', change, cwd);
      await child.until(saysWhenUp.server);
      return child;
    },
    async worker(change = {}, cwd = folder) {
      const child = start('worker', change, cwd);
      await child.until(saysWhenUp.worker);
      return child;
    },
    spare(name, change = {}) {
      const child = start(name, packed === null ? change : { ...change, TRIMTAB_WAITS: '1' }, folder);
      return {
        child,
        async serve() {
          if (packed !== null) await child.until('loaded').then(() => child.tell('serve'));
          await child.until(saysWhenUp[name]);
        },
      };
    },
    async stop() {
      stopping = true;
      await Promise.all(children.map((child) => child.end('SIGKILL')));
      await db.destroy();
      await Promise.all([model.stop(), desk.stop(), hooks.stop(), postgres.stop(), temporal.kill()]);
      await Promise.all([packed?.remove(), rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })]);
    },
  };
}

function outage(
  first: LocalPostgres | LocalTemporal,
  launch: () => Promise<LocalPostgres | LocalTemporal>,
  pid: () => Promise<number>,
): Outage {
  let current: LocalPostgres | LocalTemporal | null = first;
  return {
    async kill() {
      if (current === null) return;
      process.kill(await pid(), 'SIGKILL');
      await current.ended;
      current = null;
    },
    async stop() {
      await current?.stop();
      current = null;
    },
    async start() {
      current ??= await launch();
    },
  };
}

const postmasterPid = async (home: string): Promise<number> =>
  Number((await readFile(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
const temporalPid = async (home: string): Promise<number> =>
  (JSON.parse(await readFile(join(home, 'temporal', 'server.json'), 'utf8')) as { pid: number }).pid;
