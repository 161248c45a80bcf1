import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

const configFile = fileURLToPath(new URL('../projects/batch/trimtab.config.ts', import.meta.url));
/** So many answers make a model known (runtime/pace.ts). */
const measured = 20;

let engine: TestEngine;
let provider: ProviderServer;
let client: Client;
const first = new Map<string, Scripted>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const drafts = (question: string) => provider.calls.filter((call) => questionOf(call).startsWith(question));
const start = async (chain: string, question: string): Promise<string> =>
  (await engine.call(`/v1/chains/${chain}/runs`, { body: { input: { question } } })).body.id;
const run = async (id: string) => (await engine.call(`/v1/runs/${id}`)).body;
const become = (id: string, status: string) =>
  until(async () => {
    const now = await run(id);
    return now.status === status && now;
  });
const activitiesOf = async (id: string): Promise<string[]> => {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const names = (events ?? []).map(({ markerRecordedEventAttributes: marker }) =>
    Object.values(marker?.details ?? {})
      .flatMap(({ payloads }) => payloads ?? [])
      .map(({ data }) => Buffer.from(data ?? []).toString())
      .map((text) => /"activity_type":"(\w+)"/.exec(text)?.[1])
      .find((name) => name !== undefined),
  );
  return names.filter((name) => name !== undefined);
};

beforeAll(async () => {
  provider = await startProviderServer(
    (call) =>
      (call.tools.length > 0 && call.talk.length === 0 ? { calls: [{ name: 'look', arguments: { at: 'it' } }] } : undefined) ??
      (drafts(questionOf(call)).length === 1 ? first.get(questionOf(call)) : undefined) ?? {
        text: JSON.stringify({ text: `Answer to ${questionOf(call)}` }),
      },
  );
  engine = await testEngine({ configFile, env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test' } });
  client = new Client({ connection: await Connection.connect({ address: testTemporal().address }) });
  const ids = await Promise.all(Array.from({ length: measured }, (_, n) => start('answers', `warm ${n}.`)));
  for (const id of ids) await become(id, 'succeeded');
  // What starts now comes alone.
  await until(async () => (await engine.db.selectFrom('batches').select('id').where('ended_at', 'is', null).execute()).length === 0);
});
afterAll(async () => {
  await client.connection.close();
  await provider.stop();
});

it('ends a run of quick models in one activity', async () => {
  first.set('heals', { text: 'no JSON' });
  const id = await start('answers', 'heals');
  await become(id, 'succeeded');
  expect(drafts('heals')).toHaveLength(2);
  await client.workflow.getHandle(id).result();
  expect(await activitiesOf(id)).toEqual(['beginRun']);
});

it('talks with a model that has a tool of ours there too, each call a row', async () => {
  const id = await start('looked', 'looks');
  await become(id, 'succeeded');
  await client.workflow.getHandle(id).result();
  expect(await activitiesOf(id)).toEqual(['beginRun']);
  const [{ attempts }] = (await engine.call(`/v1/runs/${id}/steps`)).body.data;
  expect(attempts[0].calls).toMatchObject([
    { call: 'tool/1/1/look/1', outcome: 'answer', output: { seen: 'it' } },
    { call: 'turn/2/1', outcome: 'answer' },
  ]);
});

it('goes on in the workflow at a review, with what it knows, and asks no model again', async () => {
  const id = await start('lots', 'lot');
  const { review_id } = await become(id, 'waiting');
  const review = (await engine.call(`/v1/reviews/${review_id}`)).body;
  expect(drafts(`lot ${review.value.text}`)).toHaveLength(1);
  expect(await activitiesOf(id)).toEqual(['beginRun', 'ask']);
  await engine.call(`/v1/reviews/${review_id}/decision`, { body: { version: review.version, decision: 'approve' } });
  expect(await become(id, 'succeeded')).toMatchObject({ output: review.value });
});

it('parks a run whose chain function has a bug', async () => {
  const id = await start('answers', 'bug');
  expect(await become(id, 'blocked')).toMatchObject({ error: { code: 'chain_error' } });
  expect(drafts('bug')).toHaveLength(1);
});

it('cancels a run whose call is under way', async () => {
  first.set('held', { text: 'late', hold: new Promise<never>(() => undefined) });
  const id = await start('answers', 'held');
  await until(async () => drafts('held').length === 1);
  await engine.call(`/v1/runs/${id}/cancel`, { method: 'POST' });
  await become(id, 'cancelled');
  const { data } = (await engine.call(`/v1/runs/${id}/steps`)).body;
  expect(data).toMatchObject([{ status: 'failed', attempts: [{ outcome: 'cancelled' }] }]);
  await drafts('held')[0]?.closed;
});
