import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { messageOf } from '../src/errors.ts';
import { fromSource, packageRoot, workflowModule } from './package-root.ts';

/** What to bundle: the entry file, and the folder of the project that it is of. */
export interface BundleOrder {
  entry: string;
  root: string;
}
export type Bundled = { code: string } | { error: string };

async function bundle({ entry, root }: BundleOrder): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    preloadModules: [workflowModule('shared')],
    webpackConfigHook: (config) => {
      config.resolve = {
        ...config.resolve,
        alias: {
          ...(config.resolve?.alias as Record<string, string>),
          // One copy, ours, wherever the package manager has put it: the sandbox works with the worker's own version only.
          '@temporalio/workflow': dirname(createRequire(import.meta.url).resolve('@temporalio/workflow/package.json')),
          ...(fromSource ? { 'trimtab/workflow$': workflowModule('index') } : {}),
        },
        // A relative import of a sibling may be written with .js for a .ts file, as TypeScript allows.
        extensionAlias: { '.js': ['.js', '.ts'] },
        modules: ['node_modules', join(root, 'node_modules'), join(packageRoot, 'node_modules')],
      };
      return config;
    },
    logger: quiet,
  });
  return code;
}

let deplored = '';
/** The first of webpack's errors, with its file: the one that it throws names neither. */
function causeOf(error: unknown): string {
  const [, file, cause] = /^ERROR in (.+)\n(.+)/m.exec(deplored) ?? [];
  return file === undefined ? messageOf(error) : `${file}: ${cause}`;
}

const nothing = () => undefined;
const quiet = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: (message: string) => process.emitWarning(message),
  error: (message: string) => {
    deplored += message;
    process.emitWarning(message);
  },
};

process.once('message', (order: BundleOrder) => {
  const answer = (bundled: Bundled): void => {
    process.send?.(bundled, () => process.disconnect());
  };
  bundle(order).then(
    (code) => answer({ code }),
    (error: unknown) => answer({ error: causeOf(error) }),
  );
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());
