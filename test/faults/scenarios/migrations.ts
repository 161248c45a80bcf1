import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '../../../runtime/local/ports.ts';
import { startPostgres } from '../../../runtime/local/postgres.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { startChild, type Child } from '../../stack/trimtab-child.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { startPostgresProxy, type PostgresProxy } from '../harness/postgres-proxy.ts';

const projects = fileURLToPath(new URL('../../projects/', import.meta.url));
const files = async (): Promise<string[]> =>
  (await readdir(new URL('../../../src/store/migrations/', import.meta.url))).filter((name) => name.endsWith('.sql')).toSorted();

interface Place {
  url: string;
  /** The way to it that can be cut. */
  proxy: PostgresProxy;
  start(command: string[], databaseUrl?: string): Child;
}

async function query<T>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows as T[])
    .finally(() => client.end());
}

/** Processes that migrate are killed, or lose the way to Postgres, in the middle of any migration: then one goes through. */
async function interrupted({ proxy, start, url }: Place, times: number, random: () => number): Promise<{ kills: number; wrong: string[] }> {
  const steps = 2 * (await files()).length + 2;
  const wrong: string[] = [];
  let kills = 0;
  for (let n = 0; n < times; n += 1) {
    await query(url, 'drop schema if exists trimtab cascade');
    let left = 1 + Math.floor(random() * steps);
    let child: Child | null = null;
    proxy.onQuery(({ sql }) => {
      if (!/^\s*(commit|create|insert|alter|--)/i.test(sql) || --left > 0) return null;
      if (n % 2 === 0) return left === 0 ? 'cut_before' : null;
      child?.signal('SIGKILL');
      return { delay_ms: 200 };
    });
    child = start(['migrate'], proxy.through(url));
    const { code, signal } = await child.ended;
    if (code !== 0) kills += 1;
    else if (left <= 0) wrong.push(`ended with ${code} ${signal} though it was cut`);
    proxy.onQuery(null);
    const after = await start(['migrate'], proxy.through(url)).ended;
    const done = (await query<{ name: string }>(url, 'select name from trimtab.migrations order by name')).map(({ name }) => name);
    if (after.code !== 0 || done.join() !== (await files()).join()) wrong.push(`afterwards: ${after.code}, ${done.join()}`);
  }
  return { kills, wrong };
}

/** Real processes at once, on an empty database: each migration is applied by one of them, and all of them go on. */
async function atOnce({ start, url }: Place, count: number): Promise<string[]> {
  await query(url, 'drop schema if exists trimtab cascade');
  const children = Array.from({ length: count }, (_, n) => start(n === 0 ? ['server'] : ['migrate', '--json']));
  const [server, ...migrating] = children;
  const ends = await Promise.all(migrating.map(async (child) => ({ ...(await child.ended), said: child.said() })));
  await server?.until('listens');
  await server?.end('SIGTERM');
  const wrong = ends.filter(({ code }) => code !== 0).map(({ said }) => `a process said: ${said.slice(0, 300)}`);
  const applied = ends.flatMap(({ said, code }) => (code === 0 ? (JSON.parse(said) as { applied: string[] }).applied : []));
  if (new Set(applied).size !== applied.length) wrong.push(`applied twice: ${applied.join()}`);
  const done = await query<{ name: string }>(url, 'select name from trimtab.migrations order by name');
  if (done.map(({ name }) => name).join() !== (await files()).join()) wrong.push(`stands at ${done.length} migrations`);
  return wrong;
}

/** A build that is older than the database stops with one sentence that names what is new, whichever process it is. */
async function newer({ start, url }: Place): Promise<string[]> {
  await query(url, "insert into trimtab.migrations (name) values ('9999_future.sql')");
  const children = [['server'], ['worker'], ['migrate']].map((command) => ({ command, child: start(command) }));
  const ends = await Promise.all(children.map(async ({ command, child }) => ({ command, ...(await child.ended), said: child.said() })));
  return ends
    .filter(
      ({ code, said }) =>
        code !== 1 || !said.includes('The database is newer than this build') || !said.includes('9999_future.sql') || /\n\s+at /.test(said),
    )
    .map(({ command, code, said }) => `${command.join(' ')} ended with ${code}: ${said.slice(0, 300)}`);
}

async function run({ kills, seed, full }: Size): Promise<Counts> {
  const home = await mkdtemp(join(tmpdir(), 'trimtab-migrate-fault-'));
  await chmod(home, 0o755);
  const postgres = await startPostgres({ home, log: () => undefined, durable: false });
  const proxy = await startPostgresProxy(postgres.url);
  const port = String(await freePort());
  const place: Place = {
    url: postgres.url,
    proxy,
    start: (command, databaseUrl = postgres.url) =>
      startChild(command, {
        cwd: projects,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: process.env['HOME'] ?? '',
          DATABASE_URL: databaseUrl,
          TEMPORAL_ADDRESS: '127.0.0.1:9',
          TRIMTAB_HOME: home,
          TRIMTAB_PORT: port,
          TRIMTAB_WEB_ROOT: join(home, 'no-page'),
          OPENAI_API_KEY: 'sk-test',
          NO_COLOR: '1',
        },
      }),
  };
  const crowd = full ? 20 : 5;
  try {
    const first = await interrupted(place, kills, seededRandom(seed));
    const wrong = [...first.wrong, ...(await atOnce(place, crowd)), ...(await newer(place))];
    if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('; '));
    return {
      operations: kills + crowd + 3,
      kills: first.kills,
      succeeded: kills + crowd + 3,
      lost: 0,
      doubled: 0,
      notes: { 'at once': crowd },
    };
  } finally {
    await proxy.stop();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

export const f16: Fault = {
  id: 'F16',
  title: 'migration interrupted, many processes at once, a database newer than the code',
  kills: { slice: 2, full: 20 },
  run,
};
