import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * When the process began, in the system's own words: together with the pid it names one process, because pids are used
 * again. Null: no such process, or a dead one that nobody has collected.
 */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return (await ps(pid, 'lstart=')) || null;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets, which may hold blanks: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // The first of several threads shows as dead while the others still run, and hold its files.
    return fields[0] === 'Z' && Number(fields[17]) <= 1 ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** The process's arguments joined by blanks, '' when there is none. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(pid, 'command=');
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return raw.split('\0').join(' ').trim();
}

async function ps(pid: number, format: string): Promise<string> {
  const { stdout } = await run('ps', ['-o', format, '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim();
}

/** True when the process was gone within the time. */
export async function waitForEnd(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if ((await startTimeOf(pid)) === null) return true;
    await sleep(20);
  }
  return (await startTimeOf(pid)) === null;
}

/** Send each signal in turn, waiting `eachMs` for the process to go after each. */
export async function endProcess(pid: number, signals: NodeJS.Signals[], eachMs = 10_000): Promise<void> {
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitForEnd(pid, eachMs)) return;
  }
}
