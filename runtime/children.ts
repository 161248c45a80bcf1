import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from './package-root.ts';

/** A command of ours that is kept running: started again when it dies, with growing pauses. */
export interface Child {
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** What it died of, when it has died time after time and was never well; else null. */
  hopeless(): string | null;
}

const pauses = [200, 1_000, 2_000, 5_000, 10_000];
/** A child that lived this long starts again at once. */
const healthyMs = 30_000;
const hopelessDeaths = 3;
/** Longer than a worker's own grace, then it is killed. */
const killAfterMs = 40_000;

export function keepRunning(
  name: string,
  options: { folder: string; cwd: string; env: Record<string, string>; onDeath(message: string): void },
): Child {
  mkdirSync(options.folder, { recursive: true });
  const log = createWriteStream(join(options.folder, `${name}.log`), { flags: 'a' });
  let current: ChildProcess | null = null;
  let stopping = false;
  let deaths = 0;
  /** The same cause is said once, until a save or a healthy life. */
  let deplored = '';
  let restarting: Promise<void> | null = null;

  const start = (): void => {
    const since = Date.now();
    const child = spawn(process.execPath, [binary, name], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    current = child;
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-4_000);
    });
    child.on('exit', (code, signal) => {
      if (stopping || current !== child) return;
      const healthy = Date.now() - since > healthyMs;
      deaths = healthy ? 0 : deaths + 1;
      if (healthy) deplored = '';
      const death = `${name} ended (${signal ?? `exit ${code}`}${causeOf(said)})`;
      if (death !== deplored) options.onDeath(`${death}; starting it again`);
      deplored = death;
      setTimeout(
        () => {
          if (!stopping && current === child) start();
        },
        pauses[Math.min(deaths, pauses.length - 1)],
      );
    });
  };
  const end = async (): Promise<void> => {
    const child = current;
    current = null;
    if (child !== null) await ended(child);
  };
  start();
  return {
    hopeless: () => (deaths >= hopelessDeaths ? deplored : null),
    // What is saved while the old process ends is in the new one: one restart, never two processes.
    restart() {
      restarting ??= end().then(() => {
        restarting = null;
        deplored = '';
        deaths = 0;
        if (!stopping) start();
      });
      return restarting;
    },
    async stop() {
      stopping = true;
      await restarting;
      await end();
      log.end();
    },
  };
}

/** The error that our commands print, which may have several lines, or the last line of what else was said. */
function causeOf(said: string): string {
  const lines = said.trim().split('\n');
  const from = lines.findLastIndex((line) => line.startsWith('✗ '));
  const cause = (from < 0 ? lines.slice(-1) : lines.slice(from)).join('\n').replace('✗ ', '');
  return cause === '' ? '' : `: ${cause}`;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.once('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Called in a child: when the parent is gone, however it died, the child ends too. */
export function endWithParent(stop: () => void): void {
  if (process.send) process.once('disconnect', stop);
  process.once('SIGTERM', stop);
  // A parent that was lost while this process still loaded is not told again: measured, a server outlived it for good.
  if (process.connected === false) stop();
  // Ctrl-C reaches the whole group; the parent then ends its children in order.
  process.on('SIGINT', () => {
    if (!process.send) stop();
  });
}
