import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { slotsWithin } from '../../runtime/worker.ts';
import { startProviderServer, type ProviderCall, type ProviderServer } from '../../testing/provider-server.ts';
import { startDesk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const cache = 10;
/** Many times what the cache holds, so that each of its places is asked for while the slow ones are at work. */
const runs = 75;
const slow = 1;
/** Long enough for many others to come by, and less than a workflow task may take (10 s). */
const slowMs = 7_000;
/** So many answers make a model known as a quick one (runtime/pace.ts): calls are local activities then, which hold their workflow's task. */
const measured = 20;

let engine: TestEngine;
let provider: ProviderServer;

const textOf = ({ messages }: ProviderCall): string => messages.map(({ content }) => content).join('\n');
const isRedraft = (call: ProviderCall): boolean => call.model === 'writer-1' && textOf(call).includes('Shorter.');
const isSlow = (call: ProviderCall): boolean => isRedraft(call) && /slow \d/.test(textOf(call));

beforeAll(async () => {
  const say = (call: ProviderCall) =>
    call.model === 'judge-1'
      ? { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) }
      : { text: JSON.stringify({ text: 'Free for 30 days [1].' }), ...(isSlow(call) ? { hold: sleep(slowMs) } : {}) };
  const [started, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  provider = started;
  engine = await testEngine({
    configFile: fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url)),
    env: {
      OPENAI_BASE_URL: provider.openai_url,
      OPENAI_API_KEY: 'sk-test',
      TRIMTAB_ENDPOINT_DESK: desk.url,
      TRIMTAB_WORKFLOW_CACHE: String(cache),
    },
  });
});
afterAll(() => provider.stop());

interface Review {
  id: string;
  version: number;
  input: unknown;
}
const pending = async (): Promise<Review[]> => (await engine.call('/v1/reviews?status=pending&limit=100')).body.data;
const sendBack = (reviews: readonly Review[]) =>
  Promise.all(
    reviews.map(({ id, version }) =>
      engine.call(`/v1/reviews/${id}/decision`, { body: { version, decision: 'reject', reason: 'Shorter.' } }),
    ),
  );

it.each([
  [0, 2],
  [3, 2],
  [10, 5],
  [200, 100],
  [10_000, 200],
])('with a cache of %i workflows a worker takes %i tasks at a time', (size, tasks) => {
  expect(slotsWithin(size)).toEqual({ maxCachedWorkflows: size, maxConcurrentWorkflowTaskExecutions: tasks });
});

/** Start runs of these questions as a batch. Returns the reviews that they wait for. */
async function reviewed(questions: readonly string[]): Promise<Review[]> {
  const before = new Set((await pending()).map(({ id }) => id));
  await engine.call('/v1/chains/tickets/batches', { body: { cases: questions.map((question) => ({ input: { question } })) } });
  return until(async () => {
    const fresh = (await pending()).filter(({ id }) => !before.has(id));
    return fresh.length === questions.length && fresh;
  });
}

it('a run at work goes on with its call while others ask for its place in a small cache', async () => {
  const name = (n: number): string => (n < slow ? `slow ${n}` : `quick ${n}`);
  await reviewed(Array.from({ length: measured }, (_, n) => `measured ${n}`));
  const first = await reviewed(Array.from({ length: runs }, (_, n) => name(n)));
  const slowOnes = first.filter((review) => JSON.stringify(review).includes('slow '));
  expect(slowOnes).toHaveLength(slow);
  await sendBack(slowOnes);
  await until(async () => provider.calls.filter(isSlow).length === slow);
  await sendBack(first.filter((review) => !slowOnes.includes(review)));
  await until(async () => (await pending()).length === measured + runs);
  const redrafts = provider.calls.filter(isRedraft);
  expect(redrafts).toHaveLength(runs);
  expect(
    await engine.db.selectFrom('attempts').select(['run_id', 'step', 'call']).where('outcome', 'in', ['cancelled', 'abandoned']).execute(),
  ).toEqual([]);
}, 180_000);
