import { relative, sep } from 'node:path';
import chokidar from 'chokidar';
import { packageRoot } from './package-root.ts';
import type { Project } from './project.ts';

const code = /\.(ts|mts|js|mjs|liquid)$/;
const foreign = /(^|[\\/])(node_modules|dist|\.[^.\\/][^\\/]*)([\\/]|$)/;

/**
 * What the project's processes have loaded: chains and prompts, and the project's code beside them, which chains share and
 * where the config names new ones. Not our own sources. Reloading waits for a quiet moment: editors save in several steps.
 */
export async function watchProject(project: Project, home: string, onSave: (file: string) => Promise<void>): Promise<() => Promise<void>> {
  const { root, configFile } = project;
  const chains = [...project.chains.values()].map(({ folder }) => folder);
  const inside = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);
  const loaded = (file: string): boolean =>
    chains.some((folder) => inside(folder, file)) ? !file.endsWith('cases.jsonl') : code.test(file);
  const watcher = chokidar.watch([root === packageRoot ? configFile : root, ...chains], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path, stats) => inside(home, path) || foreign.test(relative(root, path)) || (stats?.isFile() === true && !loaded(path)),
    awaitWriteFinish: { stabilityThreshold: 150, pollInterval: 50 },
  });
  let pending: NodeJS.Timeout | null = null;
  watcher.on('all', (event, file) => {
    // A folder is nothing to load; what is put into it has an event of its own.
    if (event === 'addDir' || event === 'unlinkDir') return;
    if (pending) clearTimeout(pending);
    pending = setTimeout(() => void onSave(file), 200);
  });
  return async () => {
    if (pending) clearTimeout(pending);
    await watcher.close();
  };
}
