import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHands } from '../../activities/hands.ts';
import { resolvePlan } from '../../activities/plan.ts';
import { groundedAnswer } from '../../chains/grounded-answer/definition.ts';
import { groundedAnswer as workflow } from '../../chains/grounded-answer/workflow.ts';
import { modelTable } from '../../runtime/models.ts';
import { readConfig } from '../../src/config.ts';
import { defineConfig, type TrimtabConfig } from '../../src/define/config.ts';
import type { Services } from '../../src/define/source.ts';
import { loadPrompts } from '../../src/prompts/prompt.ts';
import { createProviders } from '../../src/providers/registry.ts';
import { createInProcessEngine } from '../../testing/in-process-engine.ts';
import { memoryLedger } from '../../testing/memory-ledger.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { createClock, nobodyThere } from '../../testing/index.ts';

const folder = resolve(import.meta.dirname, '../../chains/grounded-answer');
const shipping = { id: 'p1', source: 'knowledge', title: 'Shipping', text: 'Shipping costs €4.', at: '2026-01-01', trust: 'ours' as const };
const services = { knowledge: async () => [shipping], secret: () => undefined, endpoint: () => undefined } as unknown as Services;
const verdict = { verdict: 'pass', reason: 'as the passage says', at: null, blames: null, missing: null };

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer(({ schema }) => ({
    text: JSON.stringify('verdict' in ((schema?.['properties'] ?? {}) as object) ? verdict : { text: 'Shipping costs €4 [1].' }),
  }));
});
afterAll(() => server.stop());

/** The whole chain through the real SDKs, with what environment and config say about models. */
async function play(env: Record<string, string>, project: Omit<TrimtabConfig, 'chains'> = {}) {
  const before = server.calls.length;
  const chain = { name: 'grounded-answer', folder, definition: groundedAnswer, prompts: await loadPrompts(`${folder}/prompts`) };
  const config = defineConfig({ chains: {}, ...project });
  const led: typeof fetch = (input, init) => fetch(String(input).replace('https://api.openai.com', server.url), init);
  const ledger = memoryLedger();
  const perform = createHands({
    ledger,
    services,
    chains: new Map([[chain.name, chain]]),
    providers: createProviders({ env, providers: config.providers ?? {}, fetch: led }),
    storedPrompt: async () => null,
  });
  const engine = createInProcessEngine({
    clock: createClock(),
    people: nobodyThere,
    perform: (request, signal) => perform(request, { signal, progress: () => undefined }),
  });
  const plan = resolvePlan(chain, 'run_swap', { build: 'test', modelFor: modelTable(config, readConfig(env)) });
  const ended = await runInProcess({ plan, body: workflow.body, input: { question: 'What does shipping cost?' }, engine });
  return {
    output: ended.type === 'succeeded' ? ended.output : ended,
    asked: server.calls.slice(before).map(({ dialect, model }) => `${dialect} ${model}`),
    costs: ledger.rows.map(({ end }) => end?.result.cost_usd),
  };
}

it('a chain moves between OpenAI, Claude and a compatible server without a change to it', async () => {
  const output = { text: 'Shipping costs €4 [1].' };
  const claude = { ANTHROPIC_API_KEY: 'k-claude', ANTHROPIC_BASE_URL: server.url };
  expect(await play({ OPENAI_API_KEY: 'k-openai' })).toMatchObject({ output, asked: ['responses gpt-4.1-mini', 'responses gpt-4.1'] });
  expect(await play(claude)).toMatchObject({ output, asked: ['messages claude-haiku-4-5', 'messages claude-sonnet-4-6'] });
  expect(await play({ ...claude, OPENAI_API_KEY: 'k-openai' })).toMatchObject({
    output,
    asked: ['responses gpt-4.1-mini', 'messages claude-sonnet-4-6'],
  });
  expect(await play({ OPENAI_BASE_URL: server.openai_url })).toMatchObject({ output, asked: ['chat gpt-4.1-mini', 'chat gpt-4.1'] });
});

it('what the config says of a model reaches the wire, and its price the record', async () => {
  const played = await play(
    { MINE: 'k-mine', OPENAI_API_KEY: 'k-openai' },
    {
      providers: { mine: { base_url: server.openai_url, key: 'MINE' } },
      models: {
        writer: { provider: 'mine', model: 'big', structured: 'text', price: { input: 1, output: 10 } },
        'writer-large': { provider: 'mine', model: 'bigger', price: { input: 1, output: 10 } },
        judge: { provider: 'openai', model: 'gpt-4.1', api: 'chat' },
      },
    },
  );
  expect(played.asked).toEqual(['chat big', 'chat gpt-4.1']);
  expect(server.calls.at(-2)).toMatchObject({
    schema: null,
    messages: [{ content: expect.stringMatching(/Answer with one JSON value/) as string }, {}],
  });
  expect(played.costs.slice(1)).toEqual([(100 * 1 + 20 * 10) / 1e6, (100 * 2 + 20 * 8) / 1e6]);
});
