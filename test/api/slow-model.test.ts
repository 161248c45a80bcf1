import { resolve } from 'node:path';
import { critic, defineChain, fail, generate, Reply } from 'trimtab';
import { workflow } from 'trimtab/workflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createHands } from '../../activities/hands.ts';
import { resolvePlan } from '../../activities/plan.ts';
import { modelTable } from '../../runtime/models.ts';
import { readConfig } from '../../src/config.ts';
import { defineConfig, type ModelConfig } from '../../src/define/config.ts';
import type { Services } from '../../src/define/source.ts';
import { loadPrompts } from '../../src/prompts/prompt.ts';
import { timeOf } from '../../src/providers/ask.ts';
import { createProviders } from '../../src/providers/registry.ts';
import { createClock, nobodyThere } from '../../testing/index.ts';
import { createInProcessEngine } from '../../testing/in-process-engine.ts';
import { memoryLedger } from '../../testing/memory-ledger.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { runInProcess } from '../../testing/run-in-process.ts';

const folder = resolve(import.meta.dirname, '../projects/tickets');
const input = z.object({ question: z.string() });
/** Its author thinks that 300 ms are enough. */
const hasty = defineChain({
  input,
  output: Reply,
  budget: { usd: 1, attempts: 6, within: '1 hour' },
  steps: {
    draft: generate({
      input: z.object({ question: z.string(), found: z.array(z.never()) }),
      output: Reply,
      prompt: 'draft',
      timeout: '0.3 s',
      critics: [critic({ name: 'grounded' })],
      ladder: [fail()],
    }),
  },
});
const body = workflow<typeof hasty>(async ({ question }, { draft }) => draft({ question, found: [] }));
const verdict = { verdict: 'pass', reason: '', at: null, blames: null, missing: null };

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer(({ model }) => ({
    text: JSON.stringify(model === 'judge' ? verdict : { text: 'Good.' }),
    ...(model === 'judge' ? {} : { hold: new Promise((go) => setTimeout(go, 800)) }),
  }));
});
afterAll(() => server.stop());

/** What became of the calls of one run, the writer given `time`. */
async function play(time: Pick<ModelConfig, 'timeout'>): Promise<(string | undefined)[]> {
  const chain = { name: 'hasty', folder, definition: hasty, prompts: await loadPrompts(`${folder}/prompts`) };
  const model = { provider: 'local', price: { input: 1, output: 1 } };
  const models = { writer: { ...model, model: 'writer', ...time }, judge: { ...model, model: 'judge' } };
  const config = defineConfig({ chains: {}, models, providers: { local: { base_url: server.openai_url } } });
  const ledger = memoryLedger();
  const providers = createProviders({ env: {}, providers: config.providers ?? {} });
  const services = {} as Services;
  const perform = createHands({ ledger, services, chains: new Map([['hasty', chain]]), providers, storedPrompt: async () => null });
  const engine = createInProcessEngine({
    clock: createClock(),
    people: nobodyThere,
    perform: (request, signal) => perform(request, { signal, progress: () => undefined }),
  });
  const plan = resolvePlan(chain, 'run_slow', { build: 'test', modelFor: modelTable(config, readConfig({})) });
  const run = runInProcess({ plan, body: body.body, input: { question: 'q' }, engine });
  await Promise.race([run, engine.when(() => engine.causes.length > 0)]);
  return ledger.rows.map(({ end }) => (end?.result.type === 'nothing' ? end.result.message : end?.result.type));
}

it('a slow model is given longer than the step allows, where the config says so', async () => {
  const hurried = await play({});
  expect(new Set(hurried)).toEqual(new Set(['local was not reached or broke off: no whole answer within 0.3 s']));
  expect(await play({ timeout: '20 s' })).toEqual(['answer', 'answer']);
});

it('a model’s timeout lengthens the silence and the whole, and shortens neither', () => {
  const model = modelTable(
    defineConfig({
      chains: {},
      models: { slow: { provider: 'a', model: 'm', timeout: '5 minutes' }, quick: { provider: 'a', model: 'm', timeout: '1 s' } },
    }),
    readConfig({}),
  );
  expect(timeOf(model('slow'), 120_000)).toEqual({ total_ms: 300_000, idle_ms: 300_000 });
  expect(timeOf(model('slow'), 900_000)).toEqual({ total_ms: 900_000, idle_ms: 300_000 });
  expect(timeOf(model('quick'), 120_000)).toEqual({ total_ms: 120_000, idle_ms: 60_000 });
});

it('a timeout that is none is refused by the config', () => {
  const config = (timeout: string) => () => defineConfig({ chains: {}, models: { writer: { provider: 'a', model: 'm', timeout } } });
  expect(config('soon')).toThrow(/models\.writer\.timeout: 'soon' is no span of time/);
  expect(config('2 days')).toThrow(/models\.writer\.timeout: a timeout of more than 1 day is none/);
});
