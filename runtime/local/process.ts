import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The command line of a live process, null when there is none of that id. */
export function commandOf(pid: number): string | null {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'args=', '-ww'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
  } catch {
    return isAlive(pid) ? '' : null;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ask a process to end, wait, then insist. */
export async function end(pid: number, options: { signal: NodeJS.Signals; insist: NodeJS.Signals; withinMs: number }): Promise<void> {
  for (const signal of [options.signal, options.insist]) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const until = Date.now() + options.withinMs; Date.now() < until;) {
      if (!isAlive(pid)) return;
      await pause(25);
    }
  }
}

/** A port that was free a moment ago, on loopback. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Try until it works or the time is over; then the last error. */
export async function eventually<T>(attempt: () => Promise<T>, options: { withinMs: number; stopIf?: () => string | null }): Promise<T> {
  for (const until = Date.now() + options.withinMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      const stopped = options.stopIf?.();
      if (stopped) throw new Error(stopped, { cause: error });
      if (Date.now() > until) throw error;
      await pause(50);
    }
  }
}
