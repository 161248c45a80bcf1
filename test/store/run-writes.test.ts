import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { postgresLedger } from '../../src/store/ledger.ts';
import { deleteRun, insertRun } from '../../src/store/run-commands.ts';
import { runWriter, type RunWrite } from '../../src/store/run-writes.ts';
import { createWebhook } from '../../src/store/webhooks.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
let write: (write: RunWrite) => Promise<boolean>;
beforeAll(async () => {
  ({ db } = await testDatabase());
  write = runWriter(db);
});

const begun = async (): Promise<string> => {
  const id = newId('run');
  await insertRun(db, { id, chain: 'demo', input: 'q', user: null, metadata: {}, by: 'test' });
  return id;
};
const planOf = (run_id: string) => ({ run_id, build: 'b' }) as Plan;
const open = (run_id: string): RunWrite => ({ type: 'open', run_id, plan: planOf(run_id), demo: false });
const close = (run_id: string, change: Extract<RunWrite, { type: 'close' }>['change']): RunWrite => ({
  type: 'close',
  run_id,
  change,
  notes: [],
});
const rowOf = (id: string) => db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

it('plans and ends of many runs that come at once are each on their own run, with its word to who asked for it', async () => {
  await createWebhook(db, { url: 'https://example.com/hook', events: ['run.ended'], by: 'test' });
  const ids = await Promise.all(Array.from({ length: 90 }, begun));
  expect(new Set(await Promise.all(ids.map((id) => write(open(id)))))).toEqual(new Set([true]));
  const error = { code: 'budget' as const, message: 'no', next: 'n', step: null };
  const ends = ids.map(
    (id, n) =>
      [
        { status: 'succeeded' as const, output: { of: id, none: null } },
        { status: 'failed' as const, error },
        { status: 'cancelled' as const },
        { status: 'blocked' as const, error },
      ].map((change) => close(id, change))[n % 4] as RunWrite,
  );
  expect(new Set(await Promise.all(ends.map(write)))).toEqual(new Set([true]));
  for (const [n, id] of ids.entries()) {
    const row = await rowOf(id);
    expect(row.plan).toEqual(planOf(id));
    expect(row).toMatchObject(
      [
        { status: 'succeeded', output: { of: id, none: null }, error: null, ended_at: expect.any(Date) },
        { status: 'failed', output: null, error, ended_at: expect.any(Date) },
        { status: 'cancelled', output: null, error: null, ended_at: expect.any(Date) },
        { status: 'blocked', output: null, error, ended_at: null },
      ][n % 4] as object,
    );
  }
  const words = await db.selectFrom('outbox').select(['run_id', 'payload']).where('topic', '=', 'webhook').execute();
  expect(words.map(({ run_id }) => run_id).toSorted()).toEqual(ids.filter((_, n) => n % 4 < 3).toSorted());
  expect(words[0]?.payload).toMatchObject({
    body: {
      type: 'run.ended',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: { run_id: words[0]?.run_id, chain: 'demo', status: expect.any(String) },
    },
  });
});

it('a plan that is written stays, and so does an end', async () => {
  const id = await begun();
  expect(await write(open(id))).toBe(true);
  expect(await write({ ...open(id), plan: planOf('another') } as RunWrite)).toBe(false);
  expect(await write(close(id, { status: 'succeeded', output: 1 }))).toBe(true);
  expect(await write(close(id, { status: 'failed', error: { code: 'internal', message: '', next: '', step: null } }))).toBe(false);
  expect(await rowOf(id)).toMatchObject({ plan: planOf(id), status: 'succeeded', output: 1, error: null });
});

it('of two plans, or two ends, for one run at once one is written, and the other hears that it was not', async () => {
  const id = await begun();
  const plans = [planOf(id), { ...planOf(id), build: 'another' }];
  const opened = await Promise.all(plans.map((plan) => write({ type: 'open', run_id: id, plan, demo: false })));
  expect(opened).toEqual([true, false]);
  expect((await rowOf(id)).plan).toEqual(plans[0]);
  const closed = await Promise.all([1, 2].map((output) => write(close(id, { status: 'succeeded', output }))));
  expect(closed).toEqual([true, false]);
  expect(await rowOf(id)).toMatchObject({ output: 1 });
});

it('one run that cannot be written does not keep the others from it', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, begun));
  const [odd, ...rest] = ids as [string, ...string[]];
  const asked = await Promise.allSettled([
    write(close(odd, { status: 'nonsense' as 'failed' })),
    ...rest.map((id) => write(close(id, { status: 'succeeded', output: id }))),
  ]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', ...rest.map(() => 'fulfilled')]);
  for (const id of rest) expect(await rowOf(id)).toMatchObject({ status: 'succeeded', output: id });
  expect(await rowOf(odd)).toMatchObject({ status: 'running' });
});

it('what was deleted gets neither plan nor output', async () => {
  const [unopened, opened] = [await begun(), await begun()];
  await write(open(opened));
  for (const id of [unopened, opened]) await deleteRun(db, id, 'test');
  expect(await Promise.all([write(open(unopened)), write(close(opened, { status: 'succeeded', output: 'secret' }))])).toEqual([
    false,
    false,
  ]);
  for (const id of [unopened, opened]) expect(await rowOf(id)).toMatchObject({ plan: null, output: null, status: 'cancelled' });
});

it('an answer that comes in while its run ends is on the record', async () => {
  const ledger = postgresLedger(db);
  for (let n = 0; n < 20; n += 1) {
    const run_id = await begun();
    const key = { run_id, step: 'draft', occurrence: 1, attempt: 1, call: 'draft' };
    const owner = randomUUID();
    const unknown = { provider: null, model: null, demo: false, prompt: null, advice: null, notes: [] };
    await ledger.begin({ key, owner, kind: 'generate', pass: 1, input: {}, input_hash: 'h', remedy: 'first', answer: 1, ...unknown });
    const result = { type: 'answer' as const, output: n, output_hash: 'o', usage: null, cost_usd: null, sources: [], verdicts: [] };
    const [written] = await Promise.all([ledger.finish(key, owner, { result, sent: null }), write(close(run_id, { status: 'cancelled' }))]);
    expect(written).toBe(true);
    const row = await db.selectFrom('attempts').select(['status', 'output']).where('run_id', '=', run_id).executeTakeFirstOrThrow();
    expect(row).toEqual({ status: 'finished', output: n });
  }
});
