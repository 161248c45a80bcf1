import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { hashOf } from '../../src/correct/canonical.ts';
import { reconcile } from '../../runtime/reconcile.ts';
import { temporalView } from '../../runtime/temporal-view.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { startDesk } from '../stack/desk.ts';
import { startWorkerChild } from '../stack/child.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));
const next = fileURLToPath(new URL(`../projects-deploy-${process.pid}/`, import.meta.url));
let engine: TestEngine;
let provider: ProviderServer;
let client: Client;

beforeAll(async () => {
  const say = ({ model }: { model: string }) => ({
    text: JSON.stringify(
      model === 'judge-1' ? { verdict: 'pass', reason: '', at: null, blames: null, missing: null } : { text: 'Free for 30 days [1].' },
    ),
  });
  const [started, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  provider = started;
  engine = await testEngine({
    configFile: `${cwd}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
  client = new Client({ connection: await Connection.connect({ address: testTemporal().address }) });
  await cp(cwd, next, { recursive: true });
  const body = `${next}tickets/workflow.ts`;
  await writeFile(body, (await readFile(body, 'utf8')).replace('facts({ question })', 'facts({ question: `${question}, in short` })'));
});
afterAll(async () => {
  await Promise.all([client.connection.close(), provider.stop(), rm(next, { recursive: true, force: true })]);
});

const start = async (question: string): Promise<string> =>
  (await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } })).body.id;
const waiting = (id: string) => until(async () => (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);
const approve = (review: { id: string; version: number }) =>
  engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve' } });
const succeeded = (id: string) => until(async () => (await engine.call(`/v1/runs/${id}`)).body.status === 'succeeded');
const look = () => reconcile(engine.db, temporalView(client, engine.env['TRIMTAB_TASK_QUEUE'] ?? ''), { graceMs: 0, strangers: false });
const questionsOf = async (id: string) =>
  (await engine.call(`/v1/runs/${id}/steps`)).body.data
    .filter((step: any) => step.step === 'facts')
    .map((step: any) => step.attempts.length);

it('a chain function that was changed under a run blocks the run, which says so, until code comes that fits it', async () => {
  const [id, asksAgain] = [await start('left alone'), await start('asks again')];
  const [review, second] = [await waiting(id), await waiting(asksAgain)];
  await engine.restartWorker({}, `${next}trimtab.config.ts`);
  await approve(review);
  await engine.call(`/v1/reviews/${second.id}/decision`, { body: { version: second.version, decision: 'reject', reason: 'Shorter.' } });
  const misfits = new Set<string>();
  await until(async () => (await look()).misfit.forEach((each) => misfits.add(each)) ?? misfits.size === 2);
  expect([...misfits].toSorted()).toEqual([id, asksAgain].toSorted());
  expect((await engine.call(`/v1/runs/${id}`)).body).toMatchObject({
    status: 'blocked',
    error: {
      code: 'build_mismatch',
      message: expect.stringContaining('asks for facts#1/1/draft'),
      next: expect.stringContaining('Deploy'),
    },
  });
  expect((await look()).misfit).toEqual([]);
  expect(await questionsOf(id)).toEqual([1]);
  await engine.restartWorker();
  await succeeded(id);
  await waiting(asksAgain);
  await until(async () => (await look()) && (await engine.call(`/v1/runs/${asksAgain}`)).body.status === 'waiting');
});

/** What a build asked and heard for a run without a history, before its worker was lost: the `facts` of another run, asked this. */
async function onRecord(run_id: string, { from, question }: { from: string; question: string }): Promise<void> {
  for (const table of ['steps', 'attempts'] as const) {
    const change = { run_id, ...(table === 'steps' ? { input_hash: hashOf({ question }) } : { owner: randomUUID() }) };
    await sql`insert into ${sql.table(table)} select (jsonb_populate_record(r, ${JSON.stringify(change)}::jsonb)).*
      from ${sql.table(table)} r where run_id = ${from} and step = 'facts'`.execute(engine.db);
  }
}

it('a run that another build began without a history waits for that build, and is not asked again what is on record', async () => {
  const like = await start('like it');
  await waiting(like);
  await engine.stopWorker();
  const id = await start('begun elsewhere');
  await onRecord(id, { from: like, question: 'begun elsewhere, in short' });
  await engine.restartWorker();
  const run = await until(async () => {
    const { body } = await engine.call(`/v1/runs/${id}`);
    return body.status === 'blocked' && body;
  });
  expect(run.error).toMatchObject({ code: 'build_mismatch', step: 'facts', message: expect.stringContaining('another input') });
  expect((await look()).misfit).not.toContain(id);
  await engine.restartWorker({}, `${next}trimtab.config.ts`);
  // The server may have told it already.
  await engine.call(`/v1/runs/${id}/retry`, { body: {} });
  const review = await waiting(id);
  const { data: steps } = (await engine.call(`/v1/runs/${id}/steps`)).body;
  expect(steps.map(({ step, occurrence, status, attempts }: any) => [step, occurrence, status, attempts.length])).toEqual([
    ['facts', 1, 'accepted', 1],
    ['draft', 1, 'accepted', 1],
    ['approve', 1, 'running', 0],
  ]);
  await approve(review);
  await succeeded(id);
  await engine.restartWorker();
});

it('a change behind patched lets a run that waits go on, also where it is sent back, and new runs take the new way from their first call', async () => {
  const [left, asksAgain] = [await start('waits'), await start('is sent back')];
  const [review, second] = [await waiting(left), await waiting(asksAgain)];
  const patched = `${next.slice(0, -1)}-patched/`;
  await cp(cwd, patched, { recursive: true });
  onTestFinished(() => rm(patched, { recursive: true, force: true }));
  const body = `${patched}tickets/workflow.ts`;
  const source = (await readFile(body, 'utf8'))
    .replace('facts({ question })', "facts({ question: patched('short') ? `${question}, in short` : question })")
    .replace('import { workflow }', 'import { patched, workflow }');
  await writeFile(body, source);
  await engine.restartWorker({}, `${patched}trimtab.config.ts`);
  await approve(review);
  await engine.call(`/v1/reviews/${second.id}/decision`, { body: { version: second.version, decision: 'reject', reason: 'Shorter.' } });
  await succeeded(left);
  expect(await questionsOf(left)).toEqual([1]);
  const redone = await until(async () => {
    const now = (await engine.call(`/v1/reviews?run_id=${asksAgain}&status=pending`)).body.data[0];
    return now?.id !== second.id && now;
  });
  // The pass after it begins the function anew, where the patch holds.
  const { data: steps } = (await engine.call(`/v1/runs/${asksAgain}/steps`)).body;
  const asked = steps.filter(({ step }: any) => step === 'facts').map(({ pass, attempts }: any) => [pass, attempts[0].input.question]);
  expect(asked).toEqual([
    [1, 'is sent back'],
    [2, 'is sent back, in short'],
  ]);
  await approve(redone);
  await succeeded(asksAgain);
  const fresh = await start('fresh and patched');
  const passages = (await waiting(fresh)).context.passages.map(({ text }: { text: string }) => text);
  expect(passages).toContain('About fresh and patched, in short.');
  await approve(await waiting(fresh));
  await succeeded(fresh);
  await engine.restartWorker();
});

it('a review that was changed under a run is not answered by the decision on another', async () => {
  const id = await start('asked otherwise');
  const review = await waiting(id);
  const other = fileURLToPath(new URL(`../projects-asks-${process.pid}/`, import.meta.url));
  onTestFinished(() => rm(other, { recursive: true, force: true }));
  await cp(cwd, other, { recursive: true });
  const body = `${other}tickets/workflow.ts`;
  const changed = (await readFile(body, 'utf8')).replace(/approve\(\s*(\w+)\s*\)/, 'approve({ text: `${$1.text} Yours.` })');
  expect(changed).toContain('Yours.');
  await writeFile(body, changed);
  await engine.restartWorker({}, `${other}trimtab.config.ts`);
  await approve(review);
  await until(async () => (await look()).misfit.includes(id));
  expect((await engine.call(`/v1/runs/${id}`)).body.error.message).toContain('asks for approve#1/ask/1');
  await engine.restartWorker();
  await succeeded(id);
});

it('with a task queue of its own the new build takes new runs, while the old one finishes what waits', async () => {
  const old = await start('old');
  const review = await waiting(old);
  const queue = `${engine.env['TRIMTAB_TASK_QUEUE']}-next`;
  await engine.restartServer({ TRIMTAB_TASK_QUEUE: queue });
  const worker = await startWorkerChild({ cwd: next, env: { ...engine.env, TRIMTAB_TASK_QUEUE: queue } });
  const fresh = await start('fresh');
  const passages = (await waiting(fresh)).context.passages.map((passage: { text: string }) => passage.text);
  expect(passages).toContain('About fresh, in short.');
  await approve(review);
  await approve(await waiting(fresh));
  await Promise.all([succeeded(old), succeeded(fresh)]);
  expect((await client.workflow.getHandle(old).describe()).taskQueue).toBe(engine.env['TRIMTAB_TASK_QUEUE']);
  await worker.end('SIGTERM');
  await engine.restartServer();
});

it('as versions of one deployment both builds serve one task queue, and a run stays with the one it began with', async () => {
  const [queue, deploymentName] = [`${engine.env['TRIMTAB_TASK_QUEUE']}-versions`, `shop-${process.pid}`];
  const env = { ...engine.env, TRIMTAB_TASK_QUEUE: queue, TRIMTAB_DEPLOYMENT: deploymentName };
  await engine.restartServer({ TRIMTAB_TASK_QUEUE: queue });
  const { namespace } = testTemporal();
  const known = new Set<string>();
  /** Start a worker there and make its build the current version. */
  const deploy = async (folder: string) => {
    const worker = await startWorkerChild({ cwd: folder, env });
    await until(async () => {
      const { workerDeploymentInfo } = await client.workflowService
        .describeWorkerDeployment({ namespace, deploymentName })
        .catch(() => ({ workerDeploymentInfo: null }));
      const fresh = workerDeploymentInfo?.versionSummaries?.find(({ version }) => !known.has(version ?? ''));
      const buildId = fresh?.deploymentVersion?.buildId;
      if (!fresh?.version || !buildId) return false;
      await client.workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId });
      return known.add(fresh.version);
    });
    return worker;
  };
  const passagesOf = async (id: string) => (await waiting(id)).context.passages.map(({ text }: { text: string }) => text);
  const first = await deploy(cwd);
  const old = await start('pinned');
  expect(await passagesOf(old)).toContain('About pinned.');
  const second = await deploy(next);
  const fresh = await start('newer');
  expect(await passagesOf(fresh)).toContain('About newer, in short.');
  for (const id of [old, fresh]) await approve(await waiting(id));
  await Promise.all([succeeded(old), succeeded(fresh)]);
  await Promise.all([first.end('SIGTERM'), second.end('SIGTERM')]);
});
