import { Connection, type Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { reconcile } from '../../runtime/reconcile.ts';
import { startRelay } from '../../runtime/relay.ts';
import { temporalClient, temporalTopics } from '../../runtime/tell-temporal.ts';
import { temporalView, type TemporalView } from '../../runtime/temporal-view.ts';
import type { Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { startListener, type Listener } from '../../src/store/listener.ts';
import { cancelRun, deleteRun, insertRun } from '../../src/store/run-commands.ts';
import { getRun } from '../../src/store/run-queries.ts';
import { setRunStatus } from '../../src/store/runs.ts';
import { testDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

/** Nobody works on this queue: what is started stays open. */
const taskQueue = `reconcile-it's-${process.pid}`;
/** Temporal's WorkflowTaskFailedCause. */
const nonDeterministicError = 24;
let db: Database;
let listener: Listener;
let connection: Connection;
let client: Client;
let view: TemporalView;

beforeAll(async () => {
  const database = await testDatabase();
  db = database.db;
  listener = startListener(database.url);
  connection = await Connection.connect({ address: testTemporal().address });
  client = temporalClient(connection, { namespace: testTemporal().namespace, db });
  view = temporalView(client, taskQueue);
});
afterAll(async () => {
  for await (const id of view.open()) await client.workflow.getHandle(id).terminate('the test is over');
  await listener.stop();
  await connection.close();
});

const start = async (id: string): Promise<void> => {
  await client.workflow.start('demo', { workflowId: id, taskQueue, args: [{}] });
};
/** An open run of which Temporal has been told. */
async function told(): Promise<string> {
  const id = newId('run');
  await insertRun(db, { id, chain: 'demo', input: { q: 1 }, user: null, metadata: {}, by: 'test' });
  await db.updateTable('outbox').set({ done_at: new Date() }).where('run_id', '=', id).execute();
  return id;
}
const look = (options: { strangers?: boolean } = {}) => reconcile(db, view, { graceMs: 0, strangers: false, ...options });
const wordsFor = async (id: string): Promise<string[]> =>
  (await db.selectFrom('outbox').select('topic').where('run_id', '=', id).where('done_at', 'is', null).execute()).map((row) => row.topic);
function relay(): void {
  const topics = Object.fromEntries(
    Object.entries(temporalTopics(db, client, { taskQueue })).map(([name, tell]) => [name, { tell, giveUpAfter: null }]),
  );
  const started = startRelay({ db, listener, topics, log: () => undefined });
  onTestFinished(() => started.stop());
}

/** Two runs that were gathered, and of whose gathering Temporal was told. */
async function gathered(): Promise<{ id: string; runs: string[] }> {
  const [id, runs] = [newId('gat'), [await told(), await told()]];
  await db.insertInto('batches').values({ id, chain: 'demo', gathered: true }).execute();
  await db.updateTable('runs').set({ batch_id: id }).where('id', 'in', runs).execute();
  return { id, runs };
}
const begin = (id: string, queue = taskQueue) =>
  client.workflow.start('trimtab.batch', { workflowId: id, taskQueue: queue, args: [{ batch_id: id }] });

describe('the reconciler', () => {
  it('leaves alone what agrees, what is young, and what is on its way', async () => {
    const agreed = await told();
    await start(agreed);
    const onItsWay = newId('run');
    await insertRun(db, { id: onItsWay, chain: 'demo', input: {}, user: null, metadata: {}, by: 'test' });
    expect(await look()).toMatchObject({ started_again: [], ended: [], told_again: 0 });
    expect(await reconcile(db, view, { graceMs: 60_000, strangers: false })).toMatchObject({ looked: 0 });
    expect(await getRun(db, agreed)).toMatchObject({ status: 'running' });
    await db.deleteFrom('outbox').where('run_id', '=', onItsWay).execute();
    await setRunStatus(db, onItsWay, { status: 'cancelled' });
  });

  it('starts again what Temporal does not know, once', async () => {
    const id = await told();
    expect((await look()).started_again).toEqual([id]);
    expect(await wordsFor(id)).toEqual(['temporal.start']);
    expect((await look()).started_again).toEqual([]);
    relay();
    await until(async () => (await view.stateOf(id)).status === 'running');
    expect(await look()).toMatchObject({ started_again: [], ended: [] });
  });

  it('does not start again what was to be cancelled', async () => {
    const id = await told();
    await cancelRun(db, id, 'ada');
    await db.updateTable('outbox').set({ done_at: new Date() }).where('run_id', '=', id).execute();
    expect(await look()).toMatchObject({ started_again: [], ended: [id] });
    expect(await getRun(db, id)).toMatchObject({ status: 'cancelled', error: null, ended_at: expect.any(String) });
  });

  it('ends a run whose workflow was stopped from outside, and says so', async () => {
    const id = await told();
    await start(id);
    await client.workflow.getHandle(id).terminate('by hand');
    expect((await look()).ended).toEqual([id]);
    expect(await getRun(db, id)).toMatchObject({
      status: 'failed',
      error: { code: 'internal', message: expect.stringContaining('outside trimtab') },
    });
    expect((await look()).ended).toEqual([]);
  });

  it('tells again what was given up', async () => {
    const id = await told();
    await start(id);
    await cancelRun(db, id, 'ada');
    await db
      .updateTable('outbox')
      .set({ failed_at: new Date(), tries: 9 })
      .where('run_id', '=', id)
      .where('topic', '=', 'temporal.cancel')
      .execute();
    expect((await look()).told_again).toBe(1);
    expect(await wordsFor(id)).toEqual(['temporal.cancel']);
    await db.updateTable('outbox').set({ done_at: new Date() }).where('run_id', '=', id).execute();
  });

  it('deletes again what lives on after its run, and names, untouched, what it has never heard of', async () => {
    const [deleted, stranger] = [await told(), newId('run')];
    await deleteRun(db, deleted, 'ada');
    await db.updateTable('outbox').set({ done_at: new Date() }).where('run_id', '=', deleted).execute();
    await start(deleted);
    await start(stranger);
    const report = await until(async () => {
      const found = await look({ strangers: true });
      return found.unknown.includes(stranger) && found.deleted_again.includes(deleted) && found;
    });
    expect(report.unknown).toEqual([stranger]);
    expect(report.started_again).toEqual([]);
    relay();
    await until(async () => (await view.stateOf(deleted)).status !== 'running');
    expect(await view.stateOf(stranger)).toEqual({ status: 'running', trouble: null });
  });

  it('starts a gathering again that Temporal has lost, and leaves its runs to it', async () => {
    const { id, runs } = await gathered();
    expect((await look()).started_again).toEqual([id]);
    expect((await look()).started_again).toEqual([]);
    relay();
    await until(async () => (await view.stateOf(id)).status === 'running');
    const report = await look({ strangers: true });
    expect(report).toMatchObject({ started_again: [], ended: [] });
    expect(report.unknown).not.toContain(id);
    expect(await Promise.all(runs.map(wordsFor))).toEqual([[], []]);
  });

  it('starts the runs of a gathering one by one that was ended from outside', async () => {
    const { id, runs } = await gathered();
    await begin(id);
    await client.workflow.getHandle(id).terminate('by hand');
    expect((await look()).started_again.toSorted()).toEqual(runs.toSorted());
    // They are no first words: no gathering takes them again.
    expect(await Promise.all(runs.map(wordsFor))).toEqual([['temporal.start'], ['temporal.start']]);
    expect((await look()).started_again).toEqual([]);
  });
});

/** A task of this queue, as a worker gets it. */
async function poll(queue: string): Promise<Uint8Array> {
  const { namespace } = testTemporal();
  const asked = { namespace, taskQueue: { name: queue }, identity: 'test' };
  return (await connection.withDeadline(Date.now() + 60_000, () => client.workflowService.pollWorkflowTaskQueue(asked))).taskToken;
}

/** Answers one as a worker of another build does. */
const failTask = async (queue: string) =>
  client.workflowService.respondWorkflowTaskFailed({
    namespace: testTemporal().namespace,
    taskToken: await poll(queue),
    cause: nonDeterministicError,
    failure: { message: 'this history is of another build' },
  });

it('names a run whose tasks fail after some that timed out, of which the history tells nothing', { timeout: 120_000 }, async () => {
  const id = await told();
  const queue = `${taskQueue} starved`;
  await client.workflow.start('demo', { workflowId: id, taskQueue: queue, args: [{}], workflowTaskTimeout: '1s' });
  onTestFinished(async () => void (await client.workflow.getHandle(id).terminate('the test is over')));
  for (let timeOuts = 0; timeOuts < 3; timeOuts += 1) await poll(queue);
  await until(async () => {
    const { raw } = await client.workflow.getHandle(id).describe();
    return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3;
  });
  expect(await view.stateOf(id)).toEqual({ status: 'running', trouble: null });
  await until(async () => {
    await failTask(queue);
    return (await view.stateOf(id)).trouble !== null;
  });
  expect((await look()).misfit).toEqual([id]);
  expect(await getRun(db, id)).toMatchObject({ status: 'blocked', error: { code: 'build_mismatch' } });
});

it('names the runs of a gathering whose tasks fail, and takes it back when they do not', { timeout: 60_000 }, async () => {
  const { id, runs } = await gathered();
  const queue = `${taskQueue} of another build`;
  await begin(id, queue);
  onTestFinished(async () => void (await client.workflow.getHandle(id).terminate('the test is over')));
  for (let failures = 0; failures < 3; failures += 1) await failTask(queue);
  expect((await look()).misfit.toSorted()).toEqual(runs.toSorted());
  expect((await look()).misfit).toEqual([]);
  const [first] = runs as [string];
  expect(await getRun(db, first)).toMatchObject({
    status: 'blocked',
    error: { code: 'build_mismatch', message: 'this history is of another build' },
  });
  await client.workflowService.respondWorkflowTaskCompleted({ namespace: testTemporal().namespace, taskToken: await poll(queue) });
  await look();
  expect(await getRun(db, first)).toMatchObject({ status: 'running', error: null });
});
