import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../runtime/local/ports.ts';
import { startPostgres } from '../../../runtime/local/postgres.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { newId } from '../../../src/store/ids.ts';
import { createKey } from '../../../src/store/keys.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { askPerson } from '../../../src/store/reviews.ts';
import { startPostgresProxy, type PostgresProxy } from './postgres-proxy.ts';
import { callApi, type ApiAnswer, type ApiCall } from '../../stack/call-api.ts';
import { startChild, type Child } from '../../stack/trimtab-child.ts';
import type { Counts, Fault, Size } from './fault.ts';

/** Postgres behind a proxy, and API processes; no Temporal and no workers: for what is decided between the two. */
export interface ApiStack {
  home: string;
  /** A pool that goes past the proxy. */
  db: Database;
  databaseUrl: string;
  /** What the servers' queries go through. */
  proxy: PostgresProxy;
  env: Record<string, string>;
  servers: { url: string; child: Child }[];
  /** Keys of two people. */
  keys: [string, string];
  call(path: string, options?: ApiCall & { server?: number; person?: 0 | 1 }): Promise<ApiAnswer>;
  /** A run that waits for a person, as its workflow would have asked. Returns the review's id. */
  review(): Promise<{ id: string; run_id: string }>;
  stop(): Promise<void>;
}

export const projects = fileURLToPath(new URL('../../projects/', import.meta.url));

export async function startApiStack(options: { servers?: number; env?: Record<string, string> } = {}): Promise<ApiStack> {
  const home = await mkdtemp(join(tmpdir(), 'trimtab-api-fault-'));
  await chmod(home, 0o755);
  const postgres = await startPostgres({ home, log: () => undefined, durable: false });
  await migrate(postgres.url);
  const proxy = await startPostgresProxy(postgres.url);
  const db = openDatabase(postgres.url, { max: 8, name: 'trimtab fault test' });
  const key = async (name: string): Promise<string> =>
    (await createKey(db, { name, scopes: ['runs:read', 'runs:write', 'reviews:decide', 'admin'] })).key;
  const keys: [string, string] = [await key('ada'), await key('ben')];
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: proxy.through(postgres.url),
    // Nobody listens there: the relay keeps what it cannot tell.
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
    TRIMTAB_HOME: home,
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'silent',
    OPENAI_API_KEY: 'sk-test',
    ...options.env,
  };
  const servers = await Promise.all(
    Array.from({ length: options.servers ?? 2 }, async () => {
      const port = String(await freePort());
      const child = startChild(['server'], { cwd: projects, env: { ...env, TRIMTAB_PORT: port } });
      await child.until('listens');
      return { url: `http://127.0.0.1:${port}`, child };
    }),
  );
  return {
    home,
    db,
    databaseUrl: postgres.url,
    proxy,
    env,
    servers,
    keys,
    call: (path, { server = 0, person = 0, ...call } = {}) => callApi({ url: servers[server]?.url ?? '', key: keys[person] }, path, call),
    review: () => waitingRun(db),
    async stop() {
      await Promise.all(servers.map(({ child }) => child.end('SIGKILL')));
      await db.destroy();
      await proxy.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const hour = 3_600_000;

async function waitingRun(db: Database): Promise<{ id: string; run_id: string }> {
  const run_id = newId('run');
  const id = newId('rev');
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('runs')
      .values({ id: run_id, chain: 'tickets', input: '{"question":"?"}', user_name: null, metadata: '{}' })
      .execute();
    const ask = {
      run_id,
      chain: 'tickets',
      step: 'approve',
      occurrence: 1,
      pass: 1,
      ask: 1,
      kind: 'review' as const,
      of: 'draft',
      queue: 'support',
      value: { text: 'Free for 30 days [1].' },
      verdicts: [],
      step_input: { text: 'Free for 30 days [1].' },
      input_hash: 'h',
      why: '',
      due_ms: 4 * hour,
      escalate: null,
      expires_ms: 720 * hour,
    };
    await askPerson(tx, ask, { id, now: new Date() });
  });
  return { id, run_id };
}

/** A fault that such a stack is enough for. The slice plays all of them on one stack, a full run gives each its own. */
export interface ApiFault {
  id: string;
  title: string;
  kills: Fault['kills'];
  play(stack: ApiStack, size: Size): Promise<Counts>;
}

export const onItsOwnStack = ({ play, ...fault }: ApiFault): Fault => ({
  ...fault,
  async run(size) {
    const stack = await startApiStack();
    try {
      return await play(stack, size);
    } finally {
      await stack.stop();
    }
  },
});

/** Work through a list, so many at once. */
export async function inParallel<T>(items: readonly T[], width: number, work: (item: T, n: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let n = next++; n < items.length; n = next++) await work(items[n] as T, n);
    }),
  );
}
