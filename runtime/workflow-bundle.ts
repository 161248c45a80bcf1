import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Project } from './project.ts';
import { codeRoot, fromSource, packageRoot } from './package-root.ts';

/** The code of all chains' workflows, as Temporal's sandbox loads it. `build` names it: equal code, equal name. */
export interface WorkflowBundle {
  code: string;
  build: string;
}

const extension = fromSource ? 'ts' : 'js';

/** Bundle the workflows of a project. The entry file is written under `folder`. */
export async function bundleWorkflows(project: Project, folder: string): Promise<WorkflowBundle> {
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'workflows.mjs');
  writeFileSync(entry, entrySource(project));
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    webpackConfigHook: (config) => {
      config.resolve = {
        ...config.resolve,
        alias: {
          ...(config.resolve?.alias as Record<string, string>),
          // One copy, ours, wherever the package manager has put it: the sandbox works with the worker's own version only.
          '@temporalio/workflow': dirname(createRequire(import.meta.url).resolve('@temporalio/workflow/package.json')),
          ...(fromSource ? { 'trimtab/workflow$': join(codeRoot, 'workflows/index.ts') } : {}),
        },
        // A relative import of a sibling may be written with .js for a .ts file, as TypeScript allows.
        extensionAlias: { '.js': ['.js', '.ts'] },
        modules: ['node_modules', join(project.root, 'node_modules'), join(packageRoot, 'node_modules')],
      };
      return config;
    },
    logger: quiet,
  });
  return { code, build: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

function entrySource(project: Project): string {
  const chains = [...project.chains.values()];
  const imports = chains.map((chain, index) => `import * as chain${index} from ${JSON.stringify(workflowFile(chain.folder))};`);
  const table = chains.map((chain, index) => `  ${JSON.stringify(chain.name)}: chain${index},`);
  return [
    `import { dispatcher } from ${JSON.stringify(join(codeRoot, `workflows/dispatch.${extension}`))};`,
    ...imports,
    `export default dispatcher({`,
    ...table,
    '});',
    '',
  ].join('\n');
}

const workflowFile = (folder: string): string =>
  ['workflow.ts', 'workflow.js'].map((name) => join(folder, name)).find((file) => existsSync(file)) ?? join(folder, 'workflow.ts');

const nothing = () => undefined;
const quiet = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: (message: string) => process.emitWarning(message),
  error: (message: string) => process.emitWarning(message),
};
