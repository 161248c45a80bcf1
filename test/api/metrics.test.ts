import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { countFailure } from '../../src/store/breakers.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url));
let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine({ configFile, worker: false });
});

const page = async (key: string) => (await fetch(`${engine.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();

it('counts runs, reviews, messages and requests, by route and not by address', async () => {
  const { body: run } = await engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q' } } });
  await engine.call(`/v1/runs/${run.id}`);
  await engine.call('/v1/runs/run_nope');
  const text = await page(await engine.key(['admin']));
  for (const line of [
    /^trimtab_runs\{status="running"\} 1$/m,
    /^trimtab_reviews_pending 0$/m,
    /^trimtab_outbox_failed 0$/m,
    /^trimtab_outbox_lag_seconds \d/m,
    /^trimtab_http_seconds_count\{method="GET",route="\/v1\/runs\/:id",status="200"\} 1$/m,
    /^trimtab_http_seconds_count\{method="GET",route="\/v1\/runs\/:id",status="404"\} 1$/m,
    /^trimtab_http_seconds_count\{method="POST",route="\/v1\/chains\/:chain\/runs",status="202"\} 1$/m,
  ])
    expect(text).toMatch(line);
  expect(text).not.toContain(run.id);
});
it('shows what waits and for how long: for a worker, a person, a cause to be removed, and in Temporal', async () => {
  const begin = async (question: string) => (await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } })).body;
  const [parked, asking] = await Promise.all([begin('parked'), begin('asking')]);
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  await engine.db
    .updateTable('runs')
    .set({ status: 'blocked', error: JSON.stringify({ code: 'auth' }) })
    .where('id', '=', parked.id)
    .execute();
  await engine.db
    .insertInto('reviews')
    .values({
      id: 'rev_1',
      run_id: asking.id,
      chain: 'tickets',
      step: 'approve',
      occurrence: 1,
      ask: 1,
      kind: 'review',
      of_step: 'draft',
      queue: 'support',
      created_at: minutesAgo(10),
      due_at: minutesAgo(1),
      expires_at: minutesAgo(-60),
    })
    .execute();
  const key = await engine.key(['admin']);
  for (let n = 0; n < 10; n += 1) await countFailure(engine.db, { account: 'openai', now: null, trouble: 'it answered 503' });
  const text = await until(async () => {
    const now = await page(key);
    return /^trimtab_task_queue_backlog\{type="workflow"\} [1-9]/m.test(now) && now;
  });
  for (const line of [
    /^trimtab_runs_blocked\{code="auth"\} 1$/m,
    /^trimtab_runs_unopened 2$/m,
    /^trimtab_runs_unopened_age_seconds [1-9\d.]+/m,
    /^trimtab_queue_depth\{queue="support"\} 1$/m,
    /^trimtab_queue_age_seconds\{queue="support"\} 60\d/m,
    /^trimtab_queue_overdue\{queue="support"\} 1$/m,
    /^trimtab_reviews_pending 1$/m,
    /^trimtab_provider_breaker\{provider="openai"\} 1$/m,
    /^trimtab_provider_waiting\{provider="openai"\} 0$/m,
    /^trimtab_workers 0$/m,
    /^trimtab_temporal_up 1$/m,
    /^trimtab_task_queue_age_seconds\{type="workflow"\} \d/m,
  ])
    expect(text).toMatch(line);
});
it('says that Temporal is away, and counts what it was not told, by topic', async () => {
  // A start of the test before that is not yet told would be counted too.
  await until(async () => !(await engine.db.selectFrom('outbox').select('id').where('done_at', 'is', null).executeTakeFirst()));
  await engine.restartServer({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  await engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q' } } });
  const text = await page(await engine.key(['admin']));
  expect(text).toMatch(/^trimtab_temporal_up 0$/m);
  expect(text).toMatch(/^trimtab_outbox_topic_waiting\{topic="temporal.start"\} 1$/m);
  expect(text).toMatch(/^trimtab_outbox_topic_age_seconds\{topic="temporal.start"\} \d/m);
  expect(text).not.toMatch(/^trimtab_task_queue_backlog\{/m);
});
it('is for the scope admin', async () => {
  expect(JSON.parse(await page(await engine.key(['runs:read'])))).toMatchObject({
    status: 403,
    code: 'forbidden',
    type: 'urn:trimtab:problem:forbidden',
    docs: 'docs/access.md',
  });
});
it('counts cases of a batch that a worker has as waiting for their turn, not for a worker', async () => {
  await engine.db.deleteFrom('runs').execute();
  const cases = [{ input: { question: 'first' } }, { input: { question: 'second' } }];
  const { body: batch } = await engine.call('/v1/chains/tickets/batches', { body: { cases } });
  const ofBatch = engine.db.updateTable('runs').where('batch_id', '=', batch.id);
  await ofBatch.set({ started_at: new Date(Date.now() - 600_000) }).execute();
  const key = await engine.key(['admin']);
  const shown = async () => {
    const text = await page(key);
    return ['', '_age_seconds'].map((of) => Number(new RegExp(`^trimtab_runs_unopened${of} (.*)$`, 'm').exec(text)?.[1]));
  };
  expect(await shown()).toEqual([2, expect.closeTo(600, -2)]);
  const [run] = (await engine.call(`/v1/runs?batch=${batch.id}`)).body.data;
  await ofBatch.set({ plan: '{}' }).where('id', '=', run.id).execute();
  expect(await shown()).toEqual([1, 0]);
});
