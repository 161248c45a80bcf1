import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds our package.json: above runtime/ in the repository, above dist/runtime/ in a package. */
export const packageRoot: string = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** True in the repository, where the TypeScript sources run as they are. */
export const fromSource: boolean = import.meta.url.endsWith('.ts');

/** The folder our own compiled or source files are under. */
export const codeRoot: string = fromSource ? packageRoot : join(packageRoot, 'dist');

export const binary: string = join(packageRoot, 'bin', 'trimtab.mjs');

/** Where a module of our workflows is, by its name. */
export const workflowModule = (name: string): string => join(codeRoot, 'workflows', `${name}.${fromSource ? 'ts' : 'js'}`);
