import { Connection, type Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcileRestored } from '../../runtime/reconcile-restored.ts';
import { temporalClient } from '../../runtime/tell-temporal.ts';
import { heardBy } from '../../runtime/temporal-history.ts';
import { temporalView, type TemporalView } from '../../runtime/temporal-view.ts';
import type { Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { getReview } from '../../src/store/reviews.ts';
import { getRun } from '../../src/store/run-queries.ts';
import { testDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

/** Nobody works on this queue: what is started stays open. */
const taskQueue = `restored-${process.pid}`;
let db: Database;
let connection: Connection;
let client: Client;
let view: TemporalView;

beforeAll(async () => {
  db = (await testDatabase()).db;
  connection = await Connection.connect({ address: testTemporal().address });
  client = temporalClient(connection, { namespace: testTemporal().namespace, db });
  view = temporalView(client, taskQueue);
});
afterAll(async () => {
  for await (const id of view.open()) await client.workflow.getHandle(id).terminate('the test is over');
  await connection.close();
});

const restored = (options: { adopt?: boolean } = {}) =>
  reconcileRestored(db, view, { adopt: options.adopt ?? false, heard: (id) => heardBy(client, db, id) });
const begin = (run_id: string, input: unknown = { question: '?' }) =>
  client.workflow.start('tickets', { workflowId: run_id, taskQueue, args: [{ run_id, chain: 'tickets', input }] });
const decision = (value: unknown) => ({
  id: newId('dec'),
  decision: 'edit' as const,
  value,
  original: { text: 'a' },
  reason: null,
  comment: null,
  by: 'ada',
  at: '2026-11-24T10:00:00.000Z',
});

/** A run as the backup has it: it waits for a person. */
async function waiting(): Promise<{ run_id: string; review_id: string }> {
  const [run_id, review_id] = [newId('run'), newId('rev')];
  await db
    .insertInto('runs')
    .values({ id: run_id, chain: 'tickets', status: 'waiting', input: '{}', metadata: '{}', user_name: null })
    .execute();
  await db
    .insertInto('reviews')
    .values({
      id: review_id,
      run_id,
      chain: 'tickets',
      step: 'approve',
      occurrence: 1,
      ask: 1,
      kind: 'review',
      of_step: 'draft',
      queue: 'support',
      value: '{"text":"a"}',
      original: '{"text":"a"}',
      verdicts: '[]',
      context: '{}',
      due_at: null,
      escalate_at: null,
      escalate_to: null,
      expires_at: new Date(Date.now() + 86_400_000),
      assignee: null,
      claimed_by: null,
    })
    .execute();
  return { run_id, review_id };
}

describe('records that were restored from a backup', () => {
  it('get back a decision that Temporal was told, and are left alone where both sides agree', async () => {
    const [told, untold] = [await waiting(), await waiting()];
    const said = decision({ text: 'their own words' });
    await (await begin(told.run_id)).signal('decision', { review_id: told.review_id, decision: said });
    await begin(untold.run_id);
    expect(await restored()).toMatchObject({
      decisions_recovered: [told.review_id],
      completed: [],
      ended: [],
      started_again: [],
      withdrawn: [],
    });
    expect(await getReview(db, told.review_id)).toMatchObject({ status: 'decided', value: { text: 'their own words' }, decision: said });
    expect(await getRun(db, told.run_id)).toMatchObject({ status: 'running' });
    expect(await getReview(db, untold.review_id)).toMatchObject({ status: 'pending' });
    expect((await restored()).decisions_recovered).toEqual([]);
  });

  it('say of a run that was ended from outside that it failed, and ask nobody about it any more', async () => {
    const { run_id, review_id } = await waiting();
    await (await begin(run_id)).terminate('by hand');
    expect(await restored()).toMatchObject({ ended: [run_id], withdrawn: [review_id], completed: [] });
    expect(await getRun(db, run_id)).toMatchObject({ status: 'failed' });
    expect(await getReview(db, review_id)).toMatchObject({ status: 'cancelled' });
  });

  it('name a workflow that they do not know, and take it in only when told to', async () => {
    const stranger = newId('run');
    await begin(stranger, { question: 'x'.repeat(20_000) });
    // Temporal's list is a search, which is behind by a moment.
    await until(async () => (await restored()).unknown.includes(stranger));
    expect(await getRun(db, stranger)).toBeNull();
    expect(await restored({ adopt: true })).toMatchObject({ adopted: [stranger], unknown: [] });
    expect(await getRun(db, stranger)).toMatchObject({ chain: 'tickets', status: 'running', input: { question: 'x'.repeat(20_000) } });
  });

  it('take in no gathering that they do not know: what it works are runs that they do not have', async () => {
    const id = newId('gat');
    await client.workflow.start('trimtab.batch', { workflowId: id, taskQueue, args: [{ batch_id: id }] });
    await until(async () => (await restored()).unknown.includes(id));
    expect((await restored({ adopt: true })).adopted).not.toContain(id);
    expect(await getRun(db, id)).toBeNull();
  });

  it('do again, and name, what a gathering had ended after the backup', async () => {
    const [run_id, id] = [newId('run'), newId('gat')];
    await db.insertInto('batches').values({ id, chain: 'tickets', gathered: true }).execute();
    await db
      .insertInto('runs')
      .values({ id: run_id, chain: 'tickets', input: '{}', metadata: '{}', user_name: null, batch_id: id })
      .execute();
    const handle = await client.workflow.start('trimtab.batch', { workflowId: id, taskQueue, args: [{ batch_id: id }] });
    await handle.terminate('it is over');
    expect(await restored()).toMatchObject({ started_again: [run_id], ended: [], completed: [] });
    expect(await getRun(db, run_id)).toMatchObject({ status: 'running' });
  });
});
