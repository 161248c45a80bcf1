import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { handActivities } from './hand-activities.ts';
import { serveRounds } from './runner.ts';

const [kind = 'regular', address = '', latency = '0'] = process.argv.slice(2);
const quiet = (): void => undefined;
Runtime.install({ logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error } });
const taskQueue = `hand-${kind}-${process.pid}`;
const connection = await NativeConnection.connect({ address });
const bundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./hand-workflows.ts', import.meta.url)),
  logger: undefined,
});
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowBundle: bundle,
  activities: { ...handActivities(Number(latency)) },
  maxConcurrentActivityTaskExecutions: 200,
  maxConcurrentLocalActivityExecutions: 200,
  maxConcurrentWorkflowTaskExecutions: 100,
});
void worker.run();
const client = new Client({ connection: await Connection.connect({ address }) });
serveRounds((question) => client.workflow.execute(kind, { taskQueue, workflowId: randomUUID(), args: [question] }));
