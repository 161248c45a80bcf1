import { globalAgent } from 'node:https';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Run } from '../../src/shapes/run.ts';
import type { Step } from '../../src/shapes/step.ts';
import { startSerpapiServer } from '../../testing/serpapi-server.ts';
import { startWikipediaServer } from '../../testing/wikipedia-server.ts';
import { testEngine } from '../stack/engine.ts';

const google = await startSerpapiServer(
  ['Eckmühl lighthouse', 'Harrow bridge', 'Severn tunnel', 'Erie canal'].map((title) => ({
    title,
    link: `https://web.example/${title.length}`,
    snippet: `The ${title} was opened long ago.`,
  })),
  'good-key',
);
const wikipedia = await startWikipediaServer([]);
const { ca } = globalAgent.options;
globalAgent.options.ca = google.certificate;
const engine = await testEngine({
  configFile: fileURLToPath(new URL('../projects/priced/trimtab.config.ts', import.meta.url)),
  env: { TRIMTAB_ENDPOINT_SERPAPI: google.url, TRIMTAB_ENDPOINT_WIKIPEDIA: wikipedia.url, SERPAPI_API_KEY: 'good-key' },
});
afterAll(async () => {
  globalAgent.options.ca = ca;
  await engine.stopWorker();
  await Promise.all([google.close(), wikipedia.close()]);
});
beforeEach(() => google.fail(null));

/** The run with what each of its searches cost. */
async function search(...questions: string[]): Promise<{ run: Run; costs: (number | null)[] }> {
  const run = (await engine.call('/v1/chains/searches/runs?wait=25', { body: { input: { questions } } })).body as Run;
  const steps = (await engine.call(`/v1/runs/${run.id}/steps`)).body.data as Step[];
  return { run, costs: steps.flatMap(({ attempts }) => attempts.map(({ cost_usd }) => cost_usd)) };
}

it('a search costs its price on its attempt and in the run, and nothing where the answer was kept', async () => {
  const first = await search('how high is the lighthouse');
  expect(first.run).toMatchObject({ status: 'succeeded', output: { found: [1] }, usage: { cost_usd: 0.01, unknown_cost_calls: 0 } });
  expect(first.costs).toEqual([0.01]);
  const again = await search('how high is the lighthouse');
  expect([again.run.output, again.run.usage.cost_usd, again.costs]).toEqual([{ found: [1] }, 0, [0]]);
}, 60_000);

it('what was searched for counts in the budget: a search that it has no room for is not made', async () => {
  const before = google.searches.length;
  const { run, costs } = await search('where is the bridge', 'where is the tunnel', 'where is the canal');
  expect(google.searches).toHaveLength(before + 2);
  expect(costs.slice(0, 2)).toEqual([0.01, 0.01]);
  expect(run.usage.cost_usd).toBeCloseTo(0.02);
  expect([run.status, run.error?.message]).toEqual(['failed', expect.stringMatching(/budget|usd/i)]);
}, 60_000);

it('a search that was paid for and did not answer costs nobody knows what; without a key it costs nothing', async () => {
  google.fail({ status: 503, error: 'out of order' });
  const { run, costs } = await search('who built the bridge');
  expect([costs, run.usage.unknown_cost_calls]).toEqual([[null], 1]);
  await engine.restartWorker({ SERPAPI_API_KEY: '' });
  const unpaid = await search('who built the tunnel');
  expect([unpaid.costs, unpaid.run.usage.unknown_cost_calls]).toEqual([[0], 0]);
}, 60_000);
