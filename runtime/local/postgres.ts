import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { messageOf, TrimtabError } from '../../src/errors.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { cacheFolder, ensureHome } from './home.ts';
import { freePort } from './ports.ts';
import { findPostgres, type User, unprivilegedUser } from './postgres-binaries.ts';
import { dataPlace, ensureData, type PostgresFacts, readFacts, writeFacts } from './postgres-data.ts';
import { explainStart } from './postgres-trouble.ts';
import { commandOf, endProcess } from './processes.ts';

export interface LocalPostgres {
  url: string;
  /** `restarted`: one that an earlier, killed parent had left was stopped first. */
  how: 'started' | 'restarted';
  /** Settles when the server is gone, asked for or not. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  home: string;
  log: (line: string) => void;
  /** False switches fsync off: a database that may be lost with the machine, for tests. */
  durable?: boolean;
}

/**
 * Start the Postgres of this home on 127.0.0.1 with a password of its own, and make its database `trimtab`.
 * Throws `setup` with one sentence that names the next step.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const { home, durable = true } = options;
  const user = await unprivilegedUser();
  await ensureHome(home);
  const binaries = await findPostgres(user, cacheFolder());
  const facts = await readFacts(home);
  const place = await dataPlace(home, facts, user);
  if (!place.startsWith(home)) options.log(`Postgres keeps its data in ${place}: the user that runs it may not enter ${home}`);
  const { data } = await ensureData({ binaries, place, facts, user, durable });
  const how = (await stopOrphan(data)) ? 'restarted' : 'started';
  const launch = { home, data, facts, user, durable, program: join(binaries.folder, 'bin', 'postgres') };
  const { server, url } = await launchOnFreePort(launch);
  return { url, how, ended: server.ended, stop: server.stop };
}

interface Launch {
  home: string;
  data: string;
  facts: PostgresFacts;
  user: User | null;
  durable: boolean;
  program: string;
}

/**
 * Somebody took the port between our look and the server's; or the processes of a postmaster that was killed are not all gone yet: they
 * hold its shared memory, and say so in the same log.
 */
const passes = /Address already in use|pre-existing shared memory|unexpected postmaster exit/;
const againAfterMs = 500;

async function launchOnFreePort(launch: Launch): Promise<{ server: GuardedProcess; url: string }> {
  for (let left = 5; ; left -= 1) {
    const port = await freePort(launch.facts.port);
    const server = startGuarded({
      command: launch.program,
      args: ['-D', launch.data, ...settings(port, launch.durable)],
      logFile: join(launch.home, 'logs', 'postgres.log'),
      signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
      user: launch.user,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    try {
      const url = `postgres://trimtab:${launch.facts.password}@127.0.0.1:${port}`;
      await untilReady(server, `${url}/postgres`);
      await createDatabase(`${url}/postgres`);
      await writeFacts(launch.home, { ...launch.facts, port });
      return { server, url: `${url}/trimtab` };
    } catch (error) {
      await server.stop();
      if (left === 0 || !passes.test(server.lastWords())) throw error;
      await sleep(againAfterMs);
    }
  }
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Recovery after a crash may take a while; what ends the waiting early is the server's own end. */
async function untilReady(server: GuardedProcess, url: string): Promise<void> {
  let gone = false;
  void server.ended.then(() => (gone = true));
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (gone) throw explainStart(server.lastWords(), 'postgres');
    try {
      await withClient(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === '28P01')
        throw new TrimtabError(
          'setup',
          'The local Postgres does not accept the password in postgres.json: restore that file, or remove the home to begin anew.',
        );
      if (Date.now() > deadline)
        throw new TrimtabError('setup', `Postgres was not ready within 60 s (${messageOf(error)}): read logs/postgres.log in the home.`);
    }
    await sleep(25);
  }
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'trimtab'");
    if (rowCount === 0) await client.query('create database trimtab');
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A postmaster of this data directory that still runs has lost its parent (the home's lock is ours). It is stopped, not
 * adopted: then the settings, the log and the guard are this start's. A stale postmaster.pid whose number now belongs to
 * another process is removed, since Postgres would take that process for a server.
 */
async function stopOrphan(data: string): Promise<boolean> {
  const file = join(data, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (!(await commandOf(pid)).includes(data)) {
    await rm(file, { force: true });
    return false;
  }
  await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL']);
  return true;
}
