import { Connection, type Client } from '@temporalio/client';
import { readConfig } from '../src/config.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { createApi } from '../src/api/app.ts';
import type { ChainFacts } from '../src/api/deps.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import { createOpen } from '../src/egress/open.ts';
import { refusalOf } from '../src/egress/refusal.ts';
import { openDatabase } from '../src/store/database.ts';
import { startListener } from '../src/store/listener.ts';
import { webhookPolicyOf } from './egress-policy.ts';
import { withDoctor } from './doctor-chain/with-doctor.ts';
import { createLog } from './log.ts';
import { watchTopics, watchedRequest } from './observe/server.ts';
import { startTracing } from './observe/tracing.ts';
import { ensurePage } from './page.ts';
import type { ProcessOptions } from './process-options.ts';
import { loadProject } from './project.ts';
import { startReconciler } from './reconcile.ts';
import { startRelay } from './relay.ts';
import { listen } from './serve.ts';
import { reachTemporal, temporalConnection } from './temporal-connection.ts';
import { temporalClient, temporalTopics } from './tell-temporal.ts';
import { taskQueues } from './task-queues.ts';
import { temporalView } from './temporal-view.ts';
import { webhookTopic } from './tell-webhook.ts';

const feedbackTypes = ['rating', 'action', 'issue', 'correction', 'comment'];

/** The API, the page, the relay and the reconciler. Starts and takes work also while Temporal is away. */
export async function runServer({ env = process.env, configFile, log: say }: ProcessOptions = {}): Promise<{
  url: string;
  stop(): Promise<void>;
}> {
  const config = readConfig(env);
  if (config.databaseUrl === null) throw new TrimtabError('setup', 'a server needs DATABASE_URL; on one machine, trimtab dev sets it');
  const project = withDoctor(await loadProject(configFile), config);
  const log = createLog(config, 'server');
  const tracing = await startTracing(env, { service: 'trimtab-server', warn: (entry) => log({ level: 'warn', ...entry }) });
  const db = openDatabase(config.databaseUrl, { max: 20, name: 'trimtab server' });
  const listener = startListener(config.databaseUrl);
  const { namespace, connectOptions } = temporalConnection(env);
  const connection = Connection.lazy(connectOptions);
  const client = temporalClient(connection, { namespace, db });
  const port = config.port ?? 8090;
  const publicUrl = config.publicUrl ?? `http://127.0.0.1:${port}`;
  const page = config.secret('TRIMTAB_WEB_ROOT') ?? (await ensurePage()).folder;
  const temporalUi = config.secret('TRIMTAB_TEMPORAL_UI') ?? null;
  const webhookPolicy = webhookPolicyOf(config);
  const api = createApi({
    db,
    listener,
    publicUrl,
    log,
    webRoot: page,
    demoModel: config.demoModelUrl !== null,
    endpointRefusal: (address) => refusalOf(webhookPolicy, address),
    chains: new Map([...project.chains].map(([name, chain]) => [name, factsOf(chain)])),
    feedbackTypes: [...feedbackTypes, ...(project.config.feedback ?? [])],
    temporalTrouble: () => trouble(client),
    taskQueues: () => taskQueues(client, config.taskQueue),
    watched: watchedRequest({ tracing, log }),
    temporalUrl: (run_id) => (temporalUi === null ? null : `${temporalUi}/namespaces/${namespace}/workflows/${run_id}`),
  });
  const http = await listen(api, { host: config.host, port });
  const topics = Object.fromEntries(
    // Starts have a lane of their own, from the chains in turn: ten thousand of them hold up no decision.
    Object.entries(temporalTopics(db, client, config)).map(([name, tell]) => [
      name,
      { tell, giveUpAfter: null, lane: name === 'temporal.start' ? 'starts' : '' },
    ]),
  );
  const relay = startRelay({
    db,
    listener,
    log,
    topics: watchTopics({ ...topics, webhook: webhookTopic(db, createOpen(webhookPolicy)) }, tracing),
  });
  const reconciler = startReconciler({ db, log, temporal: temporalView(client, config.taskQueue) });
  say?.(`server listens on ${publicUrl}`);
  // It serves without Temporal too; whoever reads its log is told why nothing moves.
  void reachTemporal(env).catch((error: unknown) => log({ level: 'warn', msg: messageOf(error) }));
  return {
    url: publicUrl,
    async stop() {
      reconciler.stop();
      await Promise.all([http.stop(), relay.stop()]);
      await Promise.all([listener.stop(), connection.close(), tracing.stop()]);
      await db.destroy();
    },
  };
}

const factsOf = ({ name, definition }: LoadedChain): ChainFacts => ({
  name,
  input: definition.input,
  output: definition.output,
  steps: Object.entries(definition.steps).map(([name, step]) => {
    const { kind, input, output } = step;
    const tools = step.kind === 'generate' ? Object.fromEntries(step.tools.map((tool) => [tool.name, tool.input])) : {};
    return { name, kind, input, output, tools };
  }),
});

async function trouble(client: Client): Promise<string | null> {
  try {
    await client.connection.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}));
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
