import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHands } from '../../activities/hands.ts';
import { resolvePlan } from '../../activities/plan.ts';
import { groundedAnswer } from '../../chains/grounded-answer/definition.ts';
import { groundedAnswer as workflow } from '../../chains/grounded-answer/workflow.ts';
import { modelTable } from '../../runtime/models.ts';
import { sharedLimits } from '../../runtime/provider-guards.ts';
import { readConfig } from '../../src/config.ts';
import { defineConfig } from '../../src/define/config.ts';
import type { Services } from '../../src/define/source.ts';
import { loadPrompts } from '../../src/prompts/prompt.ts';
import { createProviders } from '../../src/providers/registry.ts';
import type { Database } from '../../src/store/database.ts';
import { createClock, nobodyThere } from '../../testing/index.ts';
import { createInProcessEngine } from '../../testing/in-process-engine.ts';
import { memoryLedger } from '../../testing/memory-ledger.ts';
import { startProviderServer, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { testDatabase } from '../stack/database.ts';

const folder = resolve(import.meta.dirname, '../../chains/grounded-answer');
const shipping = { id: 'p1', source: 'knowledge', title: 'Shipping', text: 'Shipping costs €4.', at: '2026-01-01', trust: 'ours' as const };
const services = { knowledge: async () => [shipping], secret: () => undefined, endpoint: () => undefined } as unknown as Services;
const draft = { text: JSON.stringify({ text: 'Shipping costs €4 [1].' }) };
const verdict = { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };

let server: ProviderServer;
afterEach(() => server.stop());

/** One run, through the real SDK and Postgres. The engine's waits take no time, the limiter's do. */
async function run(db: Database): Promise<void> {
  const chain = { name: 'grounded-answer', folder, definition: groundedAnswer, prompts: await loadPrompts(`${folder}/prompts`) };
  const price = { input: 1, output: 1 };
  const model = (name: string) => ({ provider: 'local', model: name, price });
  const config = defineConfig({
    chains: {},
    models: { writer: model('writer'), 'writer-large': model('writer'), judge: model('judge') },
    providers: { local: { base_url: server.openai_url } },
    limits: { local: { requests_per_minute: 6_000 } },
  });
  const perform = createHands({
    ledger: memoryLedger(),
    services,
    chains: new Map([[chain.name, chain]]),
    providers: createProviders({ env: {}, providers: config.providers ?? {} }),
    limiter: sharedLimits(db, config),
    storedPrompt: async () => null,
  });
  const engine = createInProcessEngine({
    clock: createClock(),
    people: nobodyThere,
    perform: (request, signal) => perform(request, { signal, progress: () => undefined }),
  });
  const plan = resolvePlan(chain, 'run_heard', { build: 'test', modelFor: modelTable(config, readConfig({})) });
  const ended = await runInProcess({ plan, body: workflow.body, input: { question: 'What does shipping cost?' }, engine });
  expect(ended).toMatchObject({ type: 'succeeded' });
}

/** Ms between the first answer and the call after it. */
async function pauseAfter(first: Scripted): Promise<number> {
  const { db } = await testDatabase({ max: 4 });
  const at: number[] = [];
  server = await startProviderServer(({ n, model }) => {
    at.push(performance.now());
    return n === 1 ? first : model === 'judge' ? verdict : draft;
  });
  await run(db);
  return (at[1] ?? 0) - (at[0] ?? 0);
}

describe('what a provider says of its limits', () => {
  it('makes the next call wait until there is room again', async () => {
    const headers = { 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '15s' };
    // One of ten comes back every 1.5 s.
    expect(await pauseAfter({ ...draft, headers })).toBeGreaterThan(1_000);
  });

  it('with a 429 makes the next call wait as long as it says', async () => {
    const body = { error: { message: 'slow down', type: 'rate_limit_error' } };
    expect(await pauseAfter({ status: 429, headers: { 'retry-after': '2' }, body })).toBeGreaterThan(1_900);
  });
});
