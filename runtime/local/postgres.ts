import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { TrimtabError, messageOf } from '../../src/errors.ts';
import { giveToPostgres, postgresFolder, postgresPrograms, postgresUser } from './postgres-files.ts';
import { commandOf, end, eventually, freePort, isAlive } from './process.ts';

export interface LocalPostgres { url: string; how: 'started' | 'adopted'; stop(): Promise<void> }
interface Options { home: string; log?: (line: string) => void; settings?: Record<string, string> }

const startWithinMs = 30_000;

/**
 * A real Postgres for this home, on loopback with a random password. One that a killed parent left behind is adopted.
 * `settings` are added to its command line. Throws `setup` with one sentence when it cannot run.
 */
export async function startPostgres(options: Options): Promise<LocalPostgres> {
  const folder = postgresFolder(options.home);
  const data = join(folder, 'data');
  const password = passwordOf(options.home);
  const orphan = orphanOf(data);
  if (orphan) {
    const url = urlOf(orphan.port, password);
    if (await answers(url)) return { url: await database(url), how: 'adopted', stop: () => stop(orphan.pid) };
    await stop(orphan.pid);
  }
  const programs = postgresPrograms(folder);
  if (!existsSync(data)) initialise(programs, data, password);
  const port = await freePort();
  const pid = launch({ programs, data, port, log: join(folder, 'postgres.log'), settings: options.settings ?? {} });
  const url = urlOf(port, password);
  await eventually(() => connect(url), { withinMs: startWithinMs, stopIf: () => (isAlive(pid) ? null : `Postgres ended at once; the end of ${join(folder, 'postgres.log')} says why`) })
    .catch((error: unknown) => { throw new TrimtabError('setup', messageOf(error), { cause: error }); });
  return { url: await database(url), how: 'started', stop: () => stop(pid) };
}

const urlOf = (port: number, password: string): string => `postgres://trimtab:${password}@127.0.0.1:${port}/postgres`;

function passwordOf(home: string): string {
  const file = join(home, 'postgres-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  mkdirSync(home, { recursive: true, mode: 0o711 });
  writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** Make the data folder beside its place and move it there when it is whole: a start that was killed half way leaves nothing in the way. */
function initialise(programs: string, data: string, password: string): void {
  const fresh = `${data}.new`;
  const words = `${data}.password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(words, password, { mode: 0o600 });
  giveToPostgres(fresh);
  giveToPostgres(words);
  try {
    execFileSync(join(programs, 'initdb'), ['-D', fresh, '-U', 'trimtab', `--pwfile=${words}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--data-checksums', '--no-sync'],
      { stdio: ['ignore', 'ignore', 'pipe'], ...postgresUser, env: environment() });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? '') || messageOf(error);
    throw new TrimtabError('setup', explain(said), { cause: error });
  } finally {
    rmSync(words, { force: true });
  }
  renameSync(fresh, data);
}

/** initdb's words as one sentence with a next step. */
function explain(said: string): string {
  const library = /error while loading shared libraries: (\S+?):/.exec(said)?.[1];
  if (library) return `Postgres needs the library ${library}, which is missing: install the package that has it (apt-file search ${library}), or set DATABASE_URL`;
  if (/No space left/.test(said)) return 'the disk is full: make room, then start again';
  return `Postgres could not make its data folder: ${said.trim().split('\n').find((line) => /error|fatal|could not/i.test(line)) ?? said.trim().split('\n')[0] ?? ''}; set DATABASE_URL to use another Postgres`;
}

const environment = (): Record<string, string> => ({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C' });

function launch(options: { programs: string; data: string; port: number; log: string; settings: Record<string, string> }): number {
  const log = openSync(options.log, 'a');
  chmodSync(options.log, 0o644);
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(options.port), max_connections: '200', shared_buffers: '128MB', ...options.settings };
  // A process group of its own: Ctrl-C ends our processes in order, not Postgres first.
  const child = spawn(join(options.programs, 'postgres'), ['-D', options.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { stdio: ['ignore', log, log], detached: true, cwd: options.data, env: environment(), ...postgresUser });
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new TrimtabError('setup', `Postgres cannot be started from ${options.programs}: is the disk mounted noexec?`);
  return child.pid;
}

/** A server that runs on this data folder already, by its own pid file. A file of a dead server is of no account. */
function orphanOf(data: string): { pid: number; port: number } | null {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const [pid = '', , , port = ''] = readFileSync(file, 'utf8').split('\n');
  if ((commandOf(Number(pid)) ?? '').includes(data)) return { pid: Number(pid), port: Number(port) };
  rmSync(file, { force: true });
  return null;
}

async function connect(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.query('select 1').finally(() => client.end());
}

/** An orphan may be starting or in recovery. */
const answers = (url: string): Promise<boolean> => eventually(() => connect(url), { withinMs: 10_000 }).then(() => true, () => false);

/** The database `trimtab`, made once. */
async function database(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const there = await client.query("select 1 from pg_database where datname = 'trimtab'");
    if (there.rows.length === 0) await client.query('create database trimtab');
  } finally {
    await client.end();
  }
  return url.replace(/\/postgres$/, '/trimtab');
}

/** SIGINT is Postgres' fast shutdown, SIGQUIT its immediate one. */
const stop = (pid: number): Promise<void> => end(pid, { signal: 'SIGINT', insist: 'SIGQUIT', withinMs: 20_000 });
