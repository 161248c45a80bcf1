import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface GuardedProcess {
  pid: number;
  /** Settles when the process is gone: its exit code, or null after a signal. */
  ended: Promise<number | null>;
  /** The last lines that it wrote. */
  lastWords(): string;
  stop(): Promise<void>;
}

export interface GuardOptions {
  command: string;
  args: string[];
  logFile: string;
  /** What `stop` sends, in this order, ten seconds apart. */
  signals: [NodeJS.Signals, ...NodeJS.Signals[]];
  /** What the guard sends when we are gone; the first of `signals` unless set. */
  whenOrphaned?: NodeJS.Signals;
  user?: { uid: number; gid: number } | null;
  env?: NodeJS.ProcessEnv;
}

/**
 * The server takes the place of this shell, so its pid is the child's. Beside it waits a small process whose standard
 * input is a pipe from us: it reads end-of-file when we are gone, even by kill -9, and ends the server. It is started
 * through one more fork, because Postgres must not find children that it does not know.
 */
const guard = `exec 3<&0; me=$$; signal=$1; shift
( ( trap '' INT TERM HUP; cd /; read -r nothing <&3; kill -s "$signal" "$me" ) >/dev/null 2>&1 & )
exec 3<&- </dev/null; exec "$@"`;

const patienceMs = 10_000;

/** Start a server that does not outlive this process, in its own session so that Ctrl-C reaches only us. */
export function startGuarded(options: GuardOptions): GuardedProcess {
  keepLogSmall(options.logFile);
  const log = openSync(options.logFile, 'a');
  const from = statSync(options.logFile).size;
  const child = spawn(
    '/bin/sh',
    ['-c', guard, 'trimtab-guard', (options.whenOrphaned ?? options.signals[0]).replace('SIG', ''), options.command, ...options.args],
    {
      detached: true,
      stdio: ['pipe', log, log],
      cwd: '/',
      env: options.env ?? process.env,
      ...(options.user ? { uid: options.user.uid, gid: options.user.gid } : {}),
    },
  );
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(127));
  });
  child.stdin?.on('error', () => undefined);
  // Neither the process nor the pipe may keep a script alive that has nothing else to do.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const pid = child.pid ?? -1;
  return { pid, ended, lastWords: () => tail(options.logFile, from), stop: () => stop(child, ended, options.signals) };
}

/** Whoever stops it waits for its exit: now the child does keep the process alive. */
async function stop(child: ChildProcess, ended: Promise<unknown>, signals: NodeJS.Signals[]): Promise<void> {
  if (child.pid === undefined) return;
  child.ref();
  const gone = ended.then(() => true);
  for (const signal of signals) {
    child.kill(signal);
    if (await Promise.race([gone, sleep(patienceMs, false, { ref: false })])) return;
  }
}

function keepLogSmall(file: string): void {
  const limit = 10 * 1024 * 1024;
  try {
    if (statSync(file).size < limit) return;
    rmSync(`${file}.1`, { force: true });
    renameSync(file, `${file}.1`);
  } catch {
    // No log yet.
  }
}

function tail(file: string, from: number): string {
  const size = statSync(file).size;
  const start = Math.max(from, size - 4096);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  const handle = openSync(file, 'r');
  readSync(handle, buffer, 0, buffer.length, start);
  closeSync(handle);
  return buffer.toString('utf8').trim();
}
