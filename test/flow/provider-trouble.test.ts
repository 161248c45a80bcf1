import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { troubledProvider } from '../faults/harness/provider-trouble.ts';
import { startScriptedModel, type ScriptedModel } from '../faults/harness/scripted-model.ts';
import { capAbsurdWaits, parkAndGoOn, waitAsTold } from '../faults/scenarios/f18-provider-trouble.ts';
import { testEngine, type TestEngine } from '../stack/engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const provider = troubledProvider();
let model: ScriptedModel;
let engine: TestEngine;
beforeAll(async () => {
  model = await startScriptedModel(provider.say);
  engine = await testEngine({
    configFile: fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url)),
    env: { OPENAI_BASE_URL: model.openai_url, OPENAI_API_KEY: 'sk-test' },
  });
});
afterAll(() => model.stop());

const at = () => ({
  site: { db: engine.db, model, call: engine.call },
  provider,
  async start(question: string): Promise<string> {
    const { status, body } = await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } });
    if (status !== 202) throw new Error(`start was answered ${status}`);
    return body.id as string;
  },
});

it.concurrent('waits as long as a 429 says, in every form it comes in, and has a row for each try', async () => {
  expect(await waitAsTold(at(), 1)).toEqual([]);
});

it.concurrent('waits ten minutes in one go for a provider that says a year', async () => {
  expect(await capAbsurdWaits(at())).toEqual([]);
});

it.concurrent('parks a run at once for a bad key and a spent account, and goes on when told', async () => {
  expect(await parkAndGoOn(at(), { each: 2, told: true })).toEqual([]);
});
