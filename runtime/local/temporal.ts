import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { TrimtabError } from '../../src/errors.ts';
import { commandOf, end, eventually, freePort, isAlive } from './process.ts';

export interface LocalTemporal { address: string; namespace: string; uiUrl: string | null; how: 'started' | 'adopted'; stop(): Promise<void> }
interface Options { home: string; program: string; ui?: boolean; /** Keep nothing on disk: for tests. */ inMemory?: boolean }
interface Note { pid: number; port: number; ui: number | null }

const startWithinMs = 30_000;
const namespace = 'default';

/**
 * A real Temporal server for this home: the CLI's development server with its state in one SQLite file, on loopback. One
 * that a killed parent left behind is adopted. For trying out; in production use a Temporal server on Postgres.
 */
export async function startTemporal(options: Options): Promise<LocalTemporal> {
  const folder = join(options.home, 'temporal');
  mkdirSync(folder, { recursive: true });
  const note = join(folder, 'server.json');
  const orphan = orphanOf(note, folder);
  if (orphan && (await answers(orphan, 5_000))) return running(orphan, note, 'adopted');
  if (orphan) await stopServer(orphan.pid);
  const started = await launch(options, folder);
  writeFileSync(note, JSON.stringify(started));
  if (!(await answers(started, startWithinMs))) {
    await stopServer(started.pid);
    throw new TrimtabError('setup', `Temporal did not answer within ${startWithinMs / 1000} s: the end of ${join(folder, 'temporal.log')} says why`);
  }
  return running(started, note, 'started');
}

const running = (server: Note, note: string, how: LocalTemporal['how']): LocalTemporal => ({
  address: `127.0.0.1:${server.port}`, namespace, uiUrl: server.ui === null ? null : `http://127.0.0.1:${server.ui}`, how,
  async stop() {
    await stopServer(server.pid);
    rmSync(note, { force: true });
  },
});

const stopServer = (pid: number): Promise<void> => end(pid, { signal: 'SIGTERM', insist: 'SIGKILL', withinMs: 10_000 });

function orphanOf(note: string, folder: string): Note | null {
  if (!existsSync(note)) return null;
  const server = JSON.parse(readFileSync(note, 'utf8')) as Note;
  return (commandOf(server.pid) ?? '').includes(folder) ? server : null;
}

async function launch(options: Options, folder: string): Promise<Note> {
  const [port, ui] = await Promise.all([freePort(), options.ui ? freePort() : null]);
  const file = join(folder, 'temporal.log');
  const log = openSync(file, 'a');
  const child = spawn(options.program, [
    'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace, '--log-level', 'warn',
    ...(options.inMemory ? [] : ['--db-filename', join(folder, 'temporal.db')]),
    ...(ui === null ? ['--headless'] : ['--ui-port', String(ui)]),
  ], { stdio: ['ignore', log, log], detached: true, cwd: folder });
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new TrimtabError('setup', `${options.program} cannot be started: is it for this machine?`);
  return { pid: child.pid, port, ui };
}

/** The frontend answers and knows the namespace. */
async function answers(server: Note, withinMs: number): Promise<boolean> {
  const ask = async (): Promise<void> => {
    const connection = await Connection.connect({ address: `127.0.0.1:${server.port}`, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace }).finally(() => connection.close());
  };
  return eventually(ask, { withinMs, stopIf: () => (isAlive(server.pid) ? null : 'gone') }).then(() => true, () => false);
}
