import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { withInPlace } from '../activities/in-place/index.ts';
import { createActivities, type ActivityDependencies } from '../activities/index.ts';
import type { Database } from '../src/store/database.ts';
import { textCodec } from './codec.ts';
import { activityInterceptor, watchActivities } from './observe/activities.ts';
import type { Observer } from './observe/observer.ts';
import type { WorkflowBundle } from './workflow-bundle.ts';

/** Local activities hold a slot while they wait for Postgres, and model calls wait for providers: both are cheap, so there are many. */
const slots = {
  maxConcurrentActivityTaskExecutions: 200,
  maxConcurrentLocalActivityExecutions: 200,
  maxConcurrentWorkflowTaskExecutions: 200,
};
/**
 * A run with a task under way cannot leave the cache before its call has ended (activities/break-off.ts), and whoever asks for its place waits
 * for so long: no more of them than half the cache. Two is the least that the SDK takes.
 */
export const slotsWithin = (cache: number): { maxCachedWorkflows: number; maxConcurrentWorkflowTaskExecutions: number } => ({
  maxCachedWorkflows: cache,
  maxConcurrentWorkflowTaskExecutions: Math.max(2, Math.min(slots.maxConcurrentWorkflowTaskExecutions, Math.floor(cache / 2))),
});
/** How long a stopping worker waits for calls under way. */
const grace = { shutdownGraceTime: '20s', shutdownForceTime: '30s' } as const;
/**
 * How often a call's heartbeat goes to Temporal, where its cancellation waits. The SDK's default, four fifths of the
 * heartbeat's time-out, leaves 2 s between a late beat and a worker that is taken for lost.
 */
const heartbeats = { maxHeartbeatThrottleInterval: '2s' } as const;
/**
 * How long one workflow task may compute before it is broken off. The SDK's 5 s, not among its documented options, are too few
 * for megabytes on busy cores, and breaking off ends the whole process: "async hook stack has become corrupted" (Node 20.20).
 */
const patience = { isolateExecutionTimeout: '30s' } as const;
const seenEveryMs = 5_000;

export interface RunningWorker {
  /** Resolves when the worker has stopped. */ done: Promise<void>;
  stop(): void;
}

/** Start the worker: workflows from the bundle, activities from the dependencies. */
export async function startWorker(options: {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** Runs stay with the build they began with, as a version of the deployment of this name. */
  deployment?: string | null;
  bundle: WorkflowBundle;
  db: Database;
  dependencies: Omit<ActivityDependencies, 'stopping'>;
  observer: Observer;
  /** Runs kept in memory between their steps. Default: as many as fit. */
  cache?: number | null;
}): Promise<RunningWorker> {
  const { connection, namespace, taskQueue, deployment = null, cache, bundle, db, observer } = options;
  const stopping = new AbortController();
  const dependencies = { ...options.dependencies, stopping: stopping.signal };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { code: bundle.code },
    activities: { ...withInPlace(watchActivities(createActivities(dependencies), { ...observer, db }), dependencies) },
    interceptors: { activity: [activityInterceptor(observer)] },
    dataConverter: { payloadCodecs: [textCodec(db)] },
    ...slots,
    ...grace,
    ...heartbeats,
    ...patience,
    ...(deployment === null ? {} : { workerDeploymentOptions: pinnedTo(deployment, bundle.build) }),
    ...(typeof cache === 'number' ? slotsWithin(cache) : {}),
  });
  const alive = sayAlive(db, bundle.build);
  const done = worker.run().finally(() => alive.stop());
  return {
    done,
    stop: () => {
      stopping.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

const pinnedTo = (deploymentName: string, buildId: string) =>
  ({ useWorkerVersioning: true, version: { deploymentName, buildId }, defaultVersioningBehavior: 'PINNED' }) as const;

/** `/readyz` and the page say "no worker" when this row is old. */
function sayAlive(db: Database, build: string): { stop(): Promise<void> } {
  const id = randomUUID();
  const say = () =>
    db
      .insertInto('workers')
      .values({ id, build, seen_at: new Date() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: new Date() }))
      .execute()
      .catch(() => undefined);
  let last: Promise<unknown> = say();
  const timer = setInterval(() => {
    last = say();
  }, seenEveryMs);
  return {
    // Awaited before the pool ends: otherwise one that has gone in order would be counted for 20 s more.
    async stop() {
      clearInterval(timer);
      await last;
      await db
        .deleteFrom('workers')
        .where('id', '=', id)
        .execute()
        .catch(() => undefined);
    },
  };
}
