import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { TrimtabError } from '../../src/errors.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { ensureHome } from './home.ts';
import { freePort } from './ports.ts';
import { commandOf, endProcess, startTimeOf } from './processes.ts';

export interface LocalTemporal {
  address: string;
  namespace: string;
  uiUrl: string | null;
  /** `restarted`: one that an earlier, killed parent had left was ended first. */
  how: 'started' | 'restarted';
  /** Settles when the server is gone, asked for or not. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

interface Options {
  home: string;
  program: string;
  ui?: boolean;
  /** Keep nothing on disk: for tests. */ inMemory?: boolean;
}
/** The last server of this home: pid and start time name the process, the ports are asked for again. */
interface Note {
  pid: number;
  started: string | null;
  port: number;
  ui: number | null;
}

const startWithinMs = 30_000;
/** A write-ahead log that is not forced to disk at each commit: safe against kill -9, not against a loss of power. */
const journal = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'];
const namespace = 'default';

/**
 * A real Temporal server for this home: the CLI's development server with its state in one SQLite file, on loopback.
 * For trying out; in production use a Temporal server on Postgres. Throws `setup` with one sentence when it cannot run.
 */
export async function startTemporal(options: Options): Promise<LocalTemporal> {
  await ensureHome(options.home);
  await mkdir(join(options.home, 'temporal'), { recursive: true });
  const note = join(options.home, 'temporal', 'server.json');
  const last = await readNote(note);
  const how = last !== null && (await endOrphan(last)) ? 'restarted' : 'started';
  const { server, port, ui } = await launchOnFreePorts(options, last);
  if (!options.inMemory)
    await writeFile(note, JSON.stringify({ pid: server.pid, started: await startTimeOf(server.pid), port, ui } satisfies Note));
  return {
    address: `127.0.0.1:${port}`,
    namespace,
    uiUrl: ui === null ? null : `http://127.0.0.1:${ui}`,
    how,
    ended: server.ended,
    stop: server.stop,
  };
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Note;
  } catch {
    await rm(file, { force: true });
    return null;
  }
}

/** A server holds its SQLite file alone. Killing is safe: what Temporal acknowledged is in that file. */
async function endOrphan(note: Note): Promise<boolean> {
  const same = note.started !== null && (await startTimeOf(note.pid)) === note.started && (await commandOf(note.pid)).includes('start-dev');
  if (same) await endProcess(note.pid, ['SIGKILL']);
  return same;
}

interface Launched {
  server: GuardedProcess;
  port: number;
  ui: number | null;
}

async function launchOnFreePorts(options: Options, last: Note | null): Promise<Launched> {
  for (let left = 3; ; left -= 1) {
    const port = await freePort(last?.port);
    const ui = options.ui ? await freePort(last?.ui ?? undefined) : null;
    const server = launch(options, port, ui);
    const trouble = await untilReady(server, `127.0.0.1:${port}`);
    if (trouble === null) return { server, port, ui };
    await server.stop();
    // Between our look at the port and the server's, somebody else took it.
    if (left === 0 || !/address already in use/.test(server.lastWords())) throw new TrimtabError('setup', trouble);
  }
}

function launch(options: Options, port: number, ui: number | null): GuardedProcess {
  return startGuarded({
    command: options.program,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--namespace',
      namespace,
      '--log-level',
      'warn',
      ...(options.inMemory ? [] : ['--db-filename', join(options.home, 'temporal', 'temporal.db'), ...journal]),
      ...(ui === null ? ['--headless'] : ['--ui-port', String(ui)]),
    ],
    logFile: join(options.home, 'logs', 'temporal.log'),
    // Its own orderly end takes 2 to 4 s, which a server without a file need not have.
    signals: options.inMemory ? ['SIGKILL'] : ['SIGTERM', 'SIGKILL'],
    whenOrphaned: 'SIGKILL',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
}

/** Null when the frontend answers and knows the namespace, else one sentence. */
async function untilReady(server: GuardedProcess, address: string): Promise<string | null> {
  let gone = false;
  void server.ended.then(() => (gone = true));
  for (const until = Date.now() + startWithinMs; Date.now() < until; await sleep(50)) {
    if (gone)
      return `Temporal ended at once (${server.lastWords().split('\n').at(-1) || 'it said nothing'}): is TEMPORAL_CLI a program for this machine?`;
    if (await answers(address)) return null;
  }
  return `Temporal did not answer within ${startWithinMs / 1000} s: the end of logs/temporal.log in the home says why`;
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace }).finally(() => connection.close());
    return true;
  } catch {
    return false;
  }
}
