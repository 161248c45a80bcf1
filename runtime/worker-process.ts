import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createHands } from '../activities/hands.ts';
import { readConfig } from '../src/config.ts';
import { TrimtabError } from '../src/errors.ts';
import { parsePrompt } from '../src/prompts/prompt.ts';
import { createProviders } from '../src/providers/registry.ts';
import { openDatabase } from '../src/store/database.ts';
import { postgresLedger } from '../src/store/ledger.ts';
import { startListener } from '../src/store/listener.ts';
import { getPrompt } from '../src/store/prompts.ts';
import { withDoctor } from './doctor-chain/with-doctor.ts';
import { createLog } from './log.ts';
import { kindredJudges, modelTable } from './models.ts';
import { watchCalls } from './observe/calls.ts';
import { observe } from './observe/observer.ts';
import { createPace } from './pace.ts';
import { guardedProviders, sharedLimits } from './provider-guards.ts';
import type { ProcessOptions } from './process-options.ts';
import { chainBodies } from './chain-bodies.ts';
import { loadProject } from './project.ts';
import { createServices } from './services.ts';
import { installRuntime } from './temporal-runtime.ts';
import { temporalConnection } from './temporal-connection.ts';
import { bundleWorkflows } from './workflow-bundle.ts';
import { connectWorker } from './worker-connection.ts';
import { startWorker, type RunningWorker } from './worker.ts';

/**
 * How much larger than what lives a heap may become before V8 collects it. By itself V8 lets it grow fourfold: while 10,000 runs came to
 * wait, with 200 kept in memory, a worker whose heap held 130 MiB throughout grew by 200 to 390 MiB. For both of the worker's heaps.
 */
const heapGrowth = '--heap-growing-percent=20';

type Close = () => Promise<void> | void;

/**
 * Put a worker together from the environment and the project's config. What it opened is closed when it has stopped, or could
 * not start: the SDK's threads keep a process alive for as long as a connection of theirs is open.
 */
export async function runWorker(options: ProcessOptions = {}): Promise<RunningWorker> {
  const opened: Close[] = [];
  const close = (): Promise<void[]> => Promise.all(opened.map((each) => each()));
  try {
    const running = await start(options, opened);
    return { ...running, done: running.done.finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start({ env = process.env, configFile, log: say, providers }: ProcessOptions, opened: Close[]): Promise<RunningWorker> {
  const config = readConfig(env);
  setFlagsFromString(heapGrowth);
  if (config.databaseUrl === null) throw new TrimtabError('setup', 'a worker needs DATABASE_URL; on one machine, trimtab dev sets it');
  const log = createLog(config, 'worker');
  const project = withDoctor(await loadProject(configFile), config);
  const db = openDatabase(config.databaseUrl, { max: 20, name: 'trimtab worker' });
  opened.push(() => db.destroy());
  const listener = startListener(config.databaseUrl);
  opened.push(() => listener.stop());
  const place = temporalConnection(env);
  const { namespace } = place;
  const { metricsUrl } = await installRuntime({ log, metrics: config.metrics !== null });
  const connection = await connectWorker(place);
  opened.push(() => connection.close());
  const bundle = await bundleWorkflows(project, join(config.home, 'build'));
  const observer = await observe(env, { config, log, metricsUrl });
  opened.push(() => observer.stop());
  const modelFor = modelTable(project.config, config);
  for (const msg of kindredJudges(project.chains.values(), modelFor)) log({ level: 'warn', msg });
  const pace = createPace();
  const { services, close } = createServices(db, config, project.config);
  opened.push(close);
  const perform = createHands({
    chains: project.chains,
    services,
    limiter: sharedLimits(db, project.config),
    ...watchCalls(
      {
        ledger: postgresLedger(db),
        providers: pace.watch(
          guardedProviders(
            db,
            providers ?? createProviders({ env, providers: project.config.providers ?? {}, demoUrl: config.demoModelUrl }),
          ),
        ),
      },
      observer,
    ),
    async storedPrompt(name, version) {
      const source = await getPrompt(db, name, version);
      return source === null ? null : parsePrompt(name, source);
    },
  });
  const running = await startWorker({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    deployment: config.deployment,
    bundle,
    db,
    observer,
    cache: config.workflowCache,
    dependencies: {
      db,
      chains: project.chains,
      perform,
      build: bundle.build,
      bodyOf: chainBodies(project),
      modelFor,
      // A call that may wait for its turn is no short one.
      placeOf: (model) => (project.config.limits?.[model.provider] ? 'regular' : pace.placeOf(model)),
      demo: () => config.demoModelUrl !== null,
      onStarts: (listen) => listener.on('trimtab_outbox', (topics) => topics.split(' ').includes('temporal.start') && listen()),
    },
  });
  say?.(`worker ${bundle.build} serves ${project.chains.size - 1} chains on queue ${config.taskQueue}`);
  return running;
}
