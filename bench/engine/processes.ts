import { fork, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own, ready. */
export async function startScript(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), args, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return child;
}

/** Clock ticks a second, the kernel's USER_HZ: 100 on every Linux that Node runs on. See proc(5). */
const ticks = 100;

/** CPU seconds by program of everything under this process, user and system, ended children included. Linux only. */
export async function cpuByProgram(root: number): Promise<Map<string, number>> {
  const stats = new Map<number, { parent: number; name: string; ticks: number }>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [text, command] = await Promise.all(['stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
    if (!text) continue;
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const script = /([\w-]+)-process\.ts\0(\w*)/.exec(command ?? '');
    stats.set(Number(pid), {
      parent: fields[1] ?? 0,
      name: script ? `${script[1]} ${script[2]}` : name,
      ticks: [11, 12, 13, 14].reduce((sum, field) => sum + (fields[field] ?? 0), 0),
    });
  }
  const below = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0;
    return parent === root || (parent > 1 && below(parent));
  };
  const programs = new Map<string, number>();
  for (const [pid, stat] of stats) if (below(pid)) programs.set(stat.name, (programs.get(stat.name) ?? 0) + stat.ticks / ticks);
  return programs;
}

/** What was used between two looks, in seconds, by program. */
export const cpuBetween = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...after].map(([name, seconds]) => [name, Math.max(0, seconds - (before.get(name) ?? 0))]));
