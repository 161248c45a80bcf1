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

/** CPU seconds of everything under this process, user and system, ended grandchildren included. Linux only. */
export async function cpuBelow(root: number): Promise<number> {
  const stats = new Map<number, { parent: number; ticks: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
    if (text === null) continue;
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    stats.set(Number(name), { parent: fields[1] ?? 0, ticks: [11, 12, 13, 14].reduce((sum, field) => sum + (fields[field] ?? 0), 0) });
  }
  const below = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0;
    return parent === root || (parent > 1 && below(parent));
  };
  return [...stats].reduce((sum, [pid, stat]) => (below(pid) ? sum + stat.ticks : sum), 0) / ticks;
}
