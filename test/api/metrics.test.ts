import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { testEngine, type TestEngine } from '../stack/engine.ts';

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
it('is for the scope admin', async () => {
  expect(JSON.parse(await page(await engine.key(['runs:read'])))).toMatchObject({
    status: 403,
    code: 'forbidden',
    type: 'urn:trimtab:problem:forbidden',
    docs: 'docs/access.md',
  });
});
