import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrimtabError } from '../src/errors.ts';
import type { Bundled, BundleOrder } from './bundle-process.ts';
import { fromSource, packageRoot, workflowModule } from './package-root.ts';
import type { Project } from './project.ts';

/** The code of all chains' workflows, as Temporal's sandbox loads it. `build` names it: equal code, equal name. */
export interface WorkflowBundle {
  code: string;
  build: string;
}

/** Bundle the workflows of a project. The entry file is written under `folder`. Throws `setup` that names the file which cannot be bundled. */
export async function bundleWorkflows(project: Project, folder: string): Promise<WorkflowBundle> {
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'workflows.mjs');
  writeFileSync(entry, entrySource(project));
  const code = await bundleApart({ entry, root: project.root });
  return { code, build: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

/** In a process of its own: what webpack loads and leaves would stay in a worker's memory for its life. */
async function bundleApart(order: BundleOrder): Promise<string> {
  const child = fork(fileURLToPath(new URL(`./bundle-process.${fromSource ? 'ts' : 'js'}`, import.meta.url)), {
    cwd: packageRoot,
    execArgv: fromSource ? ['--import', 'tsx'] : [],
  });
  const bundled = await new Promise<Bundled>((resolve, reject) => {
    child.once('message', resolve as (message: unknown) => void);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`bundling the workflows ended with ${signal ?? `exit code ${code}`}`)));
    child.send(order);
  });
  if ('error' in bundled)
    throw new TrimtabError('setup', `the workflows cannot be bundled: ${bundled.error}; mend that, then start the worker again`);
  return bundled.code;
}

function entrySource(project: Project): string {
  const chains = [...project.chains.values()];
  const imports = chains.map((chain, index) => `import * as chain${index} from ${JSON.stringify(workflowFile(chain.folder))};`);
  const table = chains.map((chain, index) => `  ${JSON.stringify(chain.name)}: chain${index},`);
  return [
    `import { dispatcher } from ${JSON.stringify(workflowModule('dispatch'))};`,
    ...imports,
    `export default dispatcher({`,
    ...table,
    '});',
    '',
  ].join('\n');
}

const workflowFile = (folder: string): string =>
  ['workflow.ts', 'workflow.js'].map((name) => join(folder, name)).find((file) => existsSync(file)) ?? join(folder, 'workflow.ts');
