import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';
import { Client, Connection } from '@temporalio/client';

const configFile = fileURLToPath(new URL('../projects/batch/trimtab.config.ts', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
/** What the writer says first to a question; afterwards, and to others, a good draft. */
const first = new Map<string, Scripted>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const drafts = (question: string) => provider.calls.filter((call) => call.model !== 'judge-1' && questionOf(call).startsWith(question));

function say(call: ProviderCall): Scripted {
  const question = questionOf(call);
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const scripted = drafts(question).length === 1 ? first.get(question) : undefined;
  return scripted ?? { text: JSON.stringify({ text: `Answer to ${question} [1].` }) };
}

beforeAll(async () => {
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  engine = await testEngine({
    configFile,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test-secret', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
});
afterAll(() => provider.stop());

const post = (chain: string, questions: readonly string[], headers?: Record<string, string>) =>
  engine.call(`/v1/chains/${chain}/batches`, {
    body: { cases: questions.map((question) => ({ input: { question }, metadata: { question } })) },
    ...(headers ? { headers } : {}),
  });
const batch = async (id: string) => (await engine.call(`/v1/batches/${id}`)).body;
const runsOf = async (id: string) => (await engine.call(`/v1/runs?batch=${id}&limit=200`)).body.data;
const settled = (id: string) =>
  until(async () => {
    const now = await batch(id);
    return now.counts.running === 0 && now.ended_at !== null && now;
  });
const knownToTemporal = async (id: string): Promise<boolean> => {
  const connection = await Connection.connect({ address: testTemporal().address });
  try {
    return await new Client({ connection }).workflow
      .getHandle(id)
      .describe()
      .then(() => true)
      .catch(() => false);
  } finally {
    await connection.close();
  }
};

it('runs every case as a run of its own on the record, and needs no workflow for those that end', async () => {
  const questions = Array.from({ length: 40 }, (_, n) => `plain ${n}.`);
  first.set('plain 3.', { text: 'no JSON' });
  const started = await post('answers', questions);
  expect(started).toMatchObject({ status: 202, body: { chain: 'answers', cases: 40, counts: { running: 40 }, ended_at: null } });
  expect(await settled(started.body.id)).toMatchObject({ counts: { running: 0, succeeded: 40 } });
  const runs = await runsOf(started.body.id);
  expect(runs.map((run: { output: { text: string } }) => run.output.text).toSorted()).toEqual(
    questions.map((question) => `Answer to ${question} [1].`).toSorted(),
  );
  const healed = runs.find((run: { input: { question: string } }) => run.input.question === 'plain 3.');
  const { data } = (await engine.call(`/v1/runs/${healed.id}/steps`)).body;
  expect(data[0].attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual(['invalid', 'accepted']);
  expect(await knownToTemporal(healed.id)).toBe(false);
});

it('lets a case that needs a person go on by itself, without asking a model again', async () => {
  const questions = ['person 1.', 'person 2.', 'person 3.'];
  const { body } = await post('tickets', questions);
  expect(await settled(body.id)).toMatchObject({ counts: { waiting: 3 } });
  const { data } = (await engine.call(`/v1/reviews?queue=support&status=pending`)).body;
  const review = data.find((one: { context: { input: { question: string } } }) => one.context.input.question === 'person 1.');
  await engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve' } });
  const done = await until(async () => {
    const run = (await engine.call(`/v1/runs/${review.run_id}`)).body;
    return run.status === 'succeeded' && run;
  });
  expect(done.usage).toMatchObject({ attempts: 3, unknown_cost_calls: 0 });
  expect(questions.map((question) => drafts(question).length)).toEqual([1, 1, 1]);
  expect(desk.requests.filter((key) => key.startsWith(review.run_id))).toHaveLength(1);
});

it('gives a case the same clock and chance where it goes on', async () => {
  const { body } = await post('lots', ['lot']);
  expect(await settled(body.id)).toMatchObject({ counts: { waiting: 1 } });
  expect(drafts('lot')).toHaveLength(1);
  const [run] = await runsOf(body.id);
  const review = (await engine.call(`/v1/reviews/${run.review_id}`)).body;
  expect(drafts(`lot ${review.value.text}`)).toHaveLength(1);
});

it('stops nothing for a case with a bug: it is blocked by itself, with the cause', async () => {
  const { body } = await post('answers', ['bug 1', 'after the bug']);
  await until(async () => {
    const { counts } = await batch(body.id);
    return counts.succeeded === 1 && counts.blocked === 1;
  });
  const blocked = (await runsOf(body.id)).find((run: { status: string }) => run.status === 'blocked');
  expect(blocked.error).toMatchObject({ code: 'chain_error', message: expect.stringContaining('the body has a bug') });
  expect(drafts('bug 1')).toHaveLength(1);
});

it('cancels one case and goes on with the others', async () => {
  let letGo: () => void = () => undefined;
  first.set('held', {
    text: JSON.stringify({ text: 'late' }),
    hold: new Promise<void>((resolve) => {
      letGo = resolve;
    }),
  });
  const { body } = await post('answers', ['held', 'free']);
  await until(async () => drafts('held').length === 1);
  const held = (await runsOf(body.id)).find((run: { input: { question: string } }) => run.input.question === 'held');
  await engine.call(`/v1/runs/${held.id}/cancel`, { method: 'POST' });
  expect(await settled(body.id)).toMatchObject({ counts: { cancelled: 1, succeeded: 1 } });
  letGo();
});

it('starts nothing when one input does not fit, and names the case', async () => {
  const refused = await post('answers', ['fine', '']);
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/cases/1/input/question' }] } });
  expect(refused.body.detail).toContain('case 2');
  expect(drafts('fine')).toHaveLength(0);
  const look = (questions: string[]) =>
    engine.call('/v1/chains/answers/batches/check', { body: { cases: questions.map((question) => ({ input: { question } })) } });
  expect(await look(['fine'])).toMatchObject({ status: 200, body: { cases: 1 } });
  expect(await look(['fine', ''])).toMatchObject({ status: 422, body: { errors: refused.body.errors } });
  expect(drafts('fine')).toHaveLength(0);
  expect((await post('nobody', ['x'])).body.code).toBe('unknown_chain');
  expect((await engine.call('/v1/batches/bat_none')).status).toBe(404);
});

it('answers the same key with the same batch', async () => {
  const key = { 'idempotency-key': 'batch-1' };
  const [one, two] = await Promise.all([post('answers', ['keyed'], key), post('answers', ['keyed'], key)]);
  expect(two?.body.id).toBe(one?.body.id);
  await settled(one?.body.id);
  expect(drafts('keyed')).toHaveLength(1);
});

it('goes on where it was when its worker stops in the middle', async () => {
  const questions = Array.from({ length: 60 }, (_, n) => `stopped ${n}.`);
  const { body } = await post('answers', questions);
  await until(async () => (await batch(body.id)).counts.succeeded > 5);
  await engine.restartWorker();
  expect(await settled(body.id)).toMatchObject({ counts: { succeeded: 60 } });
  expect(questions.filter((question) => drafts(question).length !== 1)).toEqual([]);
});
