import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newId } from '../../src/store/ids.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

vi.setConfig({ testTimeout: 120_000 });

const configFile = fileURLToPath(new URL('../projects/batch/trimtab.config.ts', import.meta.url));
/** So many answers make a model known (runtime/pace.ts). */
const measured = 20;

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let client: Client;
/** What the writer says first to a question; afterwards, and to others, a good draft. */
const first = new Map<string, Scripted>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const drafts = (question: string) => provider.calls.filter((call) => call.model !== 'judge-1' && questionOf(call) === question);

function say(call: ProviderCall): Scripted {
  const question = questionOf(call);
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const scripted = drafts(question).length === 1 ? first.get(question) : undefined;
  return scripted ?? { text: JSON.stringify({ text: `Answer to ${question} [1].` }) };
}

const run = async (id: string) => (await engine.call(`/v1/runs/${id}`)).body;
const become = (id: string, status: string) =>
  until(async () => {
    const now = await run(id);
    return now.status === status && now;
  });
const start = async (chain: string, question: string): Promise<string> =>
  (await engine.call(`/v1/chains/${chain}/runs`, { body: { input: { question } } })).body.id;
/** Starts that are due at the same moment: the relay sees all of them or none. */
async function startTogether(chain: string, questions: readonly string[]): Promise<string[]> {
  const runs = questions.map((question) => ({ id: newId('run'), question }));
  // Models that a busy machine makes slow let runs leave; that earlier ones did must not keep these apart.
  await sql`update batches set started_at = started_at - interval '1 minute'`.execute(engine.db);
  await engine.db.transaction().execute(async (tx) => {
    for (const { id, question } of runs) await insertRun(tx, { id, chain, input: { question }, user: null, metadata: {}, by: 'test' });
  });
  return runs.map(({ id }) => id);
}
const gatheringOf = async (id: string): Promise<string | null> =>
  (await engine.db.selectFrom('runs').select('batch_id').where('id', '=', id).executeTakeFirstOrThrow()).batch_id;
const allOver = () =>
  until(async () => (await engine.db.selectFrom('batches').select('id').where('ended_at', 'is', null).execute()).length === 0);
const knownToTemporal = (id: string): Promise<boolean> =>
  client.workflow
    .getHandle(id)
    .describe()
    .then(() => true)
    .catch(() => false);
/** An answer that does not come before it is let go. */
function held(question: string): () => void {
  let letGo: () => void = () => undefined;
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  first.set(question, { text: JSON.stringify({ text: 'late' }), hold });
  return () => letGo();
}

async function measure(): Promise<void> {
  const cases = Array.from({ length: measured }, (_, n) => ({ input: { question: `warm ${n} ${newId('run')}.` } }));
  const { body } = await engine.call('/v1/chains/answers/batches', { body: { cases } });
  await until(async () => (await engine.call(`/v1/batches/${body.id}`)).body.ended_at);
}

beforeAll(async () => {
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  engine = await testEngine({
    configFile,
    env: {
      OPENAI_BASE_URL: provider.openai_url,
      OPENAI_API_KEY: 'sk-test-secret',
      TRIMTAB_ENDPOINT_DESK: desk.url,
      TRIMTAB_TEMPORAL_UI: 'http://temporal.test',
    },
  });
  client = new Client({ connection: await Connection.connect({ address: testTemporal().address }) });
  await measure();
});
afterAll(async () => {
  await client.connection.close();
  await provider.stop();
});

it('works runs that start together in one workflow, each a run of its own on the record, and shows no batch', async () => {
  const questions = Array.from({ length: 30 }, (_, n) => `together ${n}.`);
  first.set('together 3.', { text: 'no JSON' });
  const ids = await startTogether('answers', questions);
  for (const [n, id] of ids.entries()) expect((await become(id, 'succeeded')).output).toEqual({ text: `Answer to together ${n}. [1].` });
  const gathering = (await gatheringOf(ids[0] ?? '')) ?? '';
  expect(gathering).toMatch(/^gat_/);
  expect(new Set(await Promise.all(ids.map(gatheringOf)))).toEqual(new Set([gathering]));
  await allOver();
  expect(await knownToTemporal(gathering)).toBe(true);
  // On a machine so busy that its models count as slow some have left, and those alone.
  const left = await engine.db.selectFrom('runs').select('id').where('id', 'in', ids).where('left_batch_at', 'is not', null).execute();
  const known = await Promise.all(ids.map(async (id) => ((await knownToTemporal(id)) ? [id] : [])));
  expect(known.flat().toSorted()).toEqual(left.map(({ id }) => id).toSorted());
  const outcomes = (await engine.call(`/v1/runs/${ids[3]}/steps`)).body.data[0].attempts.map(
    (attempt: { outcome: string }) => attempt.outcome,
  );
  expect(outcomes).toEqual(['invalid', 'accepted']);
  expect(questions.map((question) => drafts(question).length)).toEqual(questions.map((_, n) => (n === 3 ? 2 : 1)));
  expect((await engine.call(`/v1/batches/${gathering}`)).status).toBe(404);
  expect((await engine.call(`/v1/runs?batch=${gathering}`)).body.data).toEqual([]);
  const shown = left.some(({ id }) => id === ids[0]) ? ids[0] : gathering;
  expect((await run(ids[0] ?? '')).temporal_url).toBe(`http://temporal.test/namespaces/${testTemporal().namespace}/workflows/${shown}`);
  expect(Object.keys(await run(ids[0] ?? '')).filter((name) => /batch|gather/.test(name))).toEqual([]);
});

it('gives a start that comes alone a workflow of its own', async () => {
  await allOver();
  const id = await start('answers', 'alone.');
  await become(id, 'succeeded');
  expect(await gatheringOf(id)).toBeNull();
  expect(await knownToTemporal(id)).toBe(true);
});

it('takes what starts meanwhile into the gathering that is under way', async () => {
  let n = 0;
  // It takes for a while only: on a machine that stands still for longer, another one is tried.
  await until(async () => {
    const question = `seed ${(n += 1)}.`;
    const letGo = held(question);
    const [seed = ''] = await startTogether('answers', [question, `beside ${question}`]);
    await until(async () => drafts(question).length === 1);
    const joined = await start('answers', `joins ${question}`);
    await become(joined, 'succeeded');
    letGo();
    await become(seed, 'succeeded');
    expect(drafts(`joins ${question}`)).toHaveLength(1);
    return (await gatheringOf(joined)) === (await gatheringOf(seed));
  });
});

it('works starts that follow each other closely in one workflow, and ends it when none follows', async () => {
  // On a machine so busy that a run takes longer than a start is waited for, the next ones are tried.
  let n = 0;
  const next = async (): Promise<string | null> => {
    const id = await start('answers', `follows ${(n += 1)}.`);
    await become(id, 'succeeded');
    return gatheringOf(id);
  };
  const gathering = await until(async () => {
    const [one, other] = [await next(), await next()];
    return one === other && one;
  });
  await allOver();
  expect(await knownToTemporal(gathering)).toBe(true);
  expect(Array.from({ length: n }, (_, at) => drafts(`follows ${at + 1}.`).length)).toEqual(Array(n).fill(1));
});

it('answers everybody who starts under load, by HTTP with a wait, with a run that ended', async () => {
  const lane = async (lane: number): Promise<void> => {
    for (let n = 0; n < 4; n += 1) {
      const question = `load ${lane} ${n}.`;
      const { body } = await engine.call('/v1/chains/answers/runs?wait=100', { body: { input: { question } } });
      expect(body).toMatchObject({ status: 'succeeded', output: { text: `Answer to ${question} [1].` } });
      expect(drafts(question)).toHaveLength(1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, n) => lane(n)));
});

it('lets one that needs a person go on by itself, without asking a model again', async () => {
  const questions = ['person 1.', 'person 2.', 'person 3.'];
  const ids = await startTogether('tickets', questions);
  const [waits = ''] = ids;
  for (const id of ids) await become(id, 'waiting');
  expect(await gatheringOf(waits)).toMatch(/^gat_/);
  const { review_id } = await run(waits);
  const { version } = (await engine.call(`/v1/reviews/${review_id}`)).body;
  await engine.call(`/v1/reviews/${review_id}/decision`, { body: { version, decision: 'approve' } });
  expect((await become(waits, 'succeeded')).usage).toMatchObject({ attempts: 3, unknown_cost_calls: 0 });
  expect(questions.map((question) => drafts(question).length)).toEqual([1, 1, 1]);
  expect(desk.requests.filter((key) => key.startsWith(waits))).toHaveLength(1);
});

it('cancels one and deletes one, and goes on with the others', async () => {
  const letGo = [held('cancelled.'), held('deleted.')];
  const [cancelled = '', deleted = '', free = ''] = await startTogether('answers', ['cancelled.', 'deleted.', 'free.']);
  await until(async () => drafts('cancelled.').length + drafts('deleted.').length === 2);
  await engine.call(`/v1/runs/${cancelled}/cancel`, { method: 'POST' });
  expect((await engine.call(`/v1/runs/${deleted}`, { method: 'DELETE' })).status).toBe(204);
  await become(cancelled, 'cancelled');
  await become(free, 'succeeded');
  await allOver();
  expect(await gatheringOf(cancelled)).toMatch(/^gat_/);
  const { data } = (await engine.call(`/v1/runs/${cancelled}/steps`)).body;
  expect(data).toMatchObject([{ status: 'failed', attempts: [{ outcome: 'cancelled' }] }]);
  expect((await engine.call(`/v1/runs/${deleted}`)).status).toBe(404);
  const left = await engine.db.selectFrom('attempts').select(['output', 'sent']).where('run_id', '=', deleted).execute();
  expect(left).toEqual([{ output: null, sent: null }]);
  for (const each of letGo) each();
});

it('parks one whose chain function has a bug, and stops nothing for it', async () => {
  const [bug = '', after = ''] = await startTogether('answers', ['bug 1.', 'after the bug.']);
  await become(after, 'succeeded');
  expect(await become(bug, 'blocked')).toMatchObject({ error: { code: 'chain_error' } });
  expect(drafts('bug 1.')).toHaveLength(1);
});

it('goes on where it was when its worker stops in the middle', async () => {
  const questions = Array.from({ length: 60 }, (_, n) => `stopped ${n}.`);
  const ids = await startTogether('answers', questions);
  await until(async () => drafts('stopped 5.').length === 1);
  await engine.restartWorker();
  for (const id of ids) await become(id, 'succeeded');
  expect(questions.filter((question) => drafts(question).length !== 1)).toEqual([]);
});
