import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startScriptedModel, type ScriptedModel } from '../faults/harness/scripted-model.ts';
import { flooded, refused, saySized, smallSizes, throughRequests, type Sized } from '../faults/scenarios/f36-sizes.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let model: ScriptedModel;
let desk: Desk;
let engine: TestEngine;
let temporal: Client;
beforeAll(async () => {
  [model, desk] = await Promise.all([startScriptedModel(saySized), startDesk()]);
  temporal = new Client({ connection: await Connection.connect({ address: testTemporal().address }) });
  engine = await testEngine({
    configFile: fileURLToPath(new URL('../projects/sizes/trimtab.config.ts', import.meta.url)),
    env: { OPENAI_BASE_URL: model.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
});
afterAll(() => Promise.all([model.stop(), temporal.connection.close()]));

const at = (): Sized => ({
  db: engine.db,
  call: engine.call,
  desk: () => desk.effects.values(),
  temporal,
  async start(question) {
    const { status, body } = await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } });
    if (status !== 202) throw new Error(`start was answered ${status}`);
    return body.id as string;
  },
});

it.concurrent.each(smallSizes)(
  'carries %i bytes in, through a model and a person, out and back, and leaves no more in the history',
  async (size) => {
    expect(await throughRequests(at(), size)).toEqual([]);
  },
);

it.concurrent('refuses more than a request may have with 413, in every place, and stores nothing of it', async () => {
  expect(await refused(at())).toEqual([]);
});

it.concurrent('asks a model that writes on for 10 MiB as often as the ladder says, and no more', async () => {
  expect(await flooded(at())).toEqual([]);
});
