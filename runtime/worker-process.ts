import { join } from 'node:path';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createHands } from '../activities/hands.ts';
import { readConfig } from '../src/config.ts';
import { TrimtabError } from '../src/errors.ts';
import { parsePrompt } from '../src/prompts/prompt.ts';
import { createProviders } from '../src/providers/registry.ts';
import { openDatabase } from '../src/store/database.ts';
import { postgresLedger } from '../src/store/ledger.ts';
import { getPrompt } from '../src/store/prompts.ts';
import { modelTable } from './models.ts';
import type { ProcessOptions } from './process-options.ts';
import { loadProject } from './project.ts';
import { createServices } from './services.ts';
import { temporalConnection } from './temporal-connection.ts';
import { bundleWorkflows } from './workflow-bundle.ts';
import { startWorker, type RunningWorker } from './worker.ts';

/** Put a worker together from the environment and the project's config. */
export async function runWorker({ env = process.env, configFile, log }: ProcessOptions = {}): Promise<RunningWorker> {
  const config = readConfig(env);
  if (config.databaseUrl === null) throw new TrimtabError('setup', 'a worker needs DATABASE_URL; on one machine, trimtab dev sets it');
  quietRuntime();
  const project = await loadProject(configFile);
  const db = openDatabase(config.databaseUrl, { max: 20, name: 'trimtab worker' });
  const { namespace, connectOptions } = temporalConnection(env);
  const [connection, bundle] = await Promise.all([
    NativeConnection.connect(connectOptions),
    bundleWorkflows(project, join(config.home, 'build')),
  ]);
  const perform = createHands({
    ledger: postgresLedger(db),
    chains: project.chains,
    services: createServices(db, config),
    providers: createProviders({ env, providers: project.config.providers ?? {}, demoUrl: config.demoModelUrl }),
    async storedPrompt(name, version) {
      const source = await getPrompt(db, name, version);
      return source === null ? null : parsePrompt(name, source);
    },
  });
  const running = await startWorker({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    bundle,
    db,
    dependencies: {
      db,
      chains: project.chains,
      perform,
      build: bundle.build,
      modelFor: modelTable(project.config, config),
      demo: () => config.demoModelUrl !== null,
    },
  });
  log?.(`worker ${bundle.build} serves ${project.chains.size} chains on queue ${config.taskQueue}`);
  return { ...running, done: running.done.finally(() => db.destroy()) };
}

/** A run that fails is on the record, which is where people look; it is no trouble of the worker. */
const failedRun = 'Workflow failed';
const noise = (): void => undefined;
let quiet = false;

/** The SDK's runtime is one for the process. */
function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: noise,
      trace: noise,
      debug: noise,
      info: noise,
      warn: (message, meta) => {
        if (message !== failedRun) console.warn(message, meta);
      },
      error: (...said) => console.error(...said),
    },
  });
}
