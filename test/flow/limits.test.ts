import { fileURLToPath } from 'node:url';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createActivities, waitsItsTurn, type ActivityDependencies } from '../../activities/index.ts';
import { TrimtabError } from '../../src/errors.ts';
import type { CallRequest } from '../../src/shapes/call.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/limited.config.ts', import.meta.url));
let engine: TestEngine;
let provider: ProviderServer;
let atOnce = 0;
let most = 0;
let go: () => void = () => undefined;
const held = new Promise<void>((release) => {
  go = release;
});
const verdict = { verdict: 'pass', reason: '', at: null, blames: null, missing: null };

beforeAll(async () => {
  provider = await startProviderServer((call) => {
    most = Math.max(most, (atOnce += 1));
    void call.closed.then(() => (atOnce -= 1));
    const judges = call.model === 'judge-1';
    return { text: JSON.stringify(judges ? verdict : { text: 'Good [1].' }), ...(call.n === 1 ? { hold: held } : {}) };
  });
  engine = await testEngine({ configFile, env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'k-1234' } });
});
afterAll(() => provider.stop());

it('a call waits until the limits of its provider let it through, and its wait is no try', async () => {
  const ids: string[] = await Promise.all(
    ['one', 'two', 'three'].map(
      async (question) => (await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } })).body.id,
    ),
  );
  const waiting = async (): Promise<number> =>
    (await sql<{ calls: number }>`select coalesce(sum(calls), 0)::int as calls from provider_waiting`.execute(engine.db)).rows[0]?.calls ??
    0;
  await until(async () => (await waiting()) === 2);
  expect(provider.calls).toHaveLength(1);
  const text = await (await fetch(`${engine.url}/metrics`, { headers: { authorization: `Bearer ${await engine.key(['admin'])}` } })).text();
  expect(text).toMatch(/^trimtab_provider_waiting\{provider="openai"\} 2$/m);
  go();
  await until(async () => {
    const { data } = (await engine.call('/v1/reviews?status=pending')).body;
    return data.length === ids.length;
  });
  expect([most, provider.calls.length]).toEqual([1, 6]);
  for (const id of ids) {
    const { data } = (await engine.call(`/v1/runs/${id}/steps`)).body;
    const draft = data.find((step: { step: string }) => step.step === 'draft');
    expect(draft.attempts.map((attempt: { outcome: string; answer: number }) => [attempt.outcome, attempt.answer])).toEqual([
      ['accepted', 1],
    ]);
  }
});

it('a call that waits too long gives its slot back, and Temporal is told when to bring it again', async () => {
  const perform = () => Promise.reject(new TrimtabError('rate_limited', 'the limits of openai are used up', { retryAfterSeconds: 1.5 }));
  const activities = createActivities({ perform } as unknown as ActivityDependencies);
  const context = { info: { isLocal: true }, cancellationSignal: new AbortController().signal } as unknown as Context;
  await expect(asyncLocalStorage.run(context, () => activities.perform({ key: { run_id: 'run_1' } } as CallRequest))).rejects.toMatchObject(
    {
      name: 'ApplicationFailure',
      type: waitsItsTurn,
      nonRetryable: false,
      nextRetryDelay: 1_500,
      message: 'the limits of openai are used up',
    },
  );
});
