import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}
export interface Child {
  pid: number;
  ended: Promise<Ended>;
  /** Everything it wrote so far. */
  said(): string;
  /** Settles when it wrote this; rejects when it ended before. */
  until(text: string): Promise<void>;
  /** A message over the channel that parent and child share; lost where the child is gone. */
  tell(message: string): void;
  /** It loses its parent, as by a kill -9 of this process. */
  orphan(): void;
  /** Send a signal, by its pid, and do not wait. */
  signal(signal: NodeJS.Signals): void;
  /** Send a signal, by its pid, and wait for its end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

const binary = fileURLToPath(new URL('../../bin/trimtab.mjs', import.meta.url));
const live = new Set<Child>();

/** A real `trimtab` process, as a person or an init system starts it. Ends with this process. `file`: a build of it, instead of the sources. */
export function startChild(command: readonly string[], options: { cwd: string; env: Record<string, string>; file?: string }): Child {
  const child = spawn(process.execPath, [options.file ?? binary, ...command], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const hear = (data: Buffer): void => {
    said += data.toString();
    changed();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  // Not `close`: Node does not say it any more once the channel was disconnected from here.
  const read = Promise.all([child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve))));
  const ended = new Promise<Ended>((resolve) => {
    child.once('exit', (code, signal) => {
      void read.then(() => {
        live.delete(started);
        resolve({ code, signal });
        changed();
      });
    });
  });
  const started: Child = {
    pid: child.pid ?? -1,
    ended,
    said: () => said,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (said.includes(text)) resolve();
          else if (!live.has(started)) reject(new Error(`trimtab ${command.join(' ')} ended without '${text}':\n${said}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    tell: (message) => void child.send(message, () => undefined),
    orphan: () => child.disconnect(),
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
  live.add(started);
  return started;
}

/** A worker that has said that it serves. */
export async function startWorkerChild(options: { cwd: string; env: Record<string, string> }): Promise<Child> {
  const worker = startChild(['worker'], options);
  await worker.until('serves');
  return worker;
}

export const killChildren = (): Promise<unknown> => Promise.all([...live].map((child) => child.end('SIGKILL')));
