import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { deepDoctor } from '../../cli/deep-doctor.ts';
import { doctorDefinition } from '../../runtime/doctor-chain/definition.ts';
import { withDoctor } from '../../runtime/doctor-chain/with-doctor.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { loadProject } from '../../runtime/project.ts';
import type { TrimtabConfig } from '../../src/define/config.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const project = fileURLToPath(new URL('../projects/', import.meta.url));
const binary = fileURLToPath(new URL('../../bin/trimtab.mjs', import.meta.url));
const well = (call: ProviderCall): Scripted => ({ text: JSON.stringify({ ok: call.n > 0 }) });
let say: (call: ProviderCall) => Scripted = well;
let engine: TestEngine;
let provider: ProviderServer;
let key: string;

beforeAll(async () => {
  provider = await startProviderServer((call) => say(call));
  engine = await testEngine({
    configFile: `${project}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test' },
  });
  key = await engine.key(['runs:read', 'runs:write']);
  // A worker says that it is there a moment after it is.
  await workerIsThere();
});
afterAll(() => provider.stop());
beforeEach(() => {
  say = well;
  vi.stubEnv('TRIMTAB_URL', engine.url);
  vi.stubEnv('TRIMTAB_API_KEY', key);
});
afterEach(() => vi.unstubAllEnvs());

const quick = { beginMs: 20_000, answerMs: 40_000 };
/** Stage by stage: true, the sentence of what is wrong, or null for one that was not reached. */
async function walk(wait = quick): Promise<Record<string, string | boolean | null>> {
  const checks = await deepDoctor(wait);
  return Object.fromEntries(
    checks.map(({ name, ok, detail, next }) => [
      name.replace('deep: ', ''),
      ok || (detail === 'not reached' ? null : `${detail}: ${next ?? ''}`),
    ]),
  );
}
const workerIsThere = () => until(() => engine.db.selectFrom('workers').select('id').executeTakeFirst());
const nothingLeft = async (): Promise<void> => {
  expect((await engine.call('/v1/runs?chain=trimtab-doctor')).body.data).toEqual([]);
};

it('a whole path: every model is asked once, and nothing of it is left, listed or told to a webhook', async () => {
  const hook = { url: 'https://example.com/hook', events: ['run.ended'] };
  expect((await engine.call('/v1/webhooks', { body: hook })).status).toBe(201);
  expect(await walk()).toEqual({
    API: true,
    Postgres: true,
    Temporal: true,
    worker: true,
    provider: true,
    records: true,
    'clean-up': true,
  });
  expect(provider.calls.map(({ model }) => model).toSorted()).toEqual(['judge-1', 'writer-1', 'writer-2']);
  await nothingLeft();
  expect((await engine.call('/v1/chains')).body.data.map(({ name }: { name: string }) => name)).toEqual(['tickets']);
  expect((await engine.call('/v1/chains/nope')).body.detail).toBe("there is no chain 'nope'; there are tickets");
  expect(await engine.db.selectFrom('outbox').select('id').where('topic', '=', 'webhook').execute()).toEqual([]);
});

it('asks models of every role, whatever it is called', () => {
  const roles = ['writer', 'writer-large', 'judge', '2nd opinion', 'Übersetzer'];
  const { steps, budget } = doctorDefinition(roles);
  expect(Object.values(steps).map(({ model }) => model)).toEqual(roles);
  expect(budget.attempts).toBe(3 * roles.length);
});

it('asks every model that a step, a ladder or a judge names, also where the config names none', async () => {
  const loaded = await loadProject(`${project}trimtab.config.ts`);
  const asked = (models: TrimtabConfig['models'] | undefined): string[] => {
    const { models: _, ...config } = loaded.config;
    const { chains } = withDoctor({ ...loaded, config: models ? { ...config, models } : config }, { demoModelUrl: null });
    const steps = chains.get('trimtab-doctor')?.definition.steps ?? {};
    return Object.values(steps).map((step) => (step.kind === 'generate' ? step.model : ''));
  };
  expect(asked(undefined)).toEqual(['writer', 'large', 'judge']);
  const one = { provider: 'openai', model: 'one' };
  expect(asked({ writer: one, large: one, spare: { provider: 'openai', model: 'two' } })).toEqual(['large', 'judge', 'spare']);
});

it('a provider that refuses the key of one model is named with it', async () => {
  say = (call) =>
    call.model === 'judge-1' ? { status: 401, body: { error: { message: 'bad key', code: 'invalid_api_key' } } } : well(call);
  expect(await walk()).toMatchObject({
    worker: true,
    provider: expect.stringMatching(/^openai\/judge-1: auth: .*bad key.*Set a working key/s),
    records: null,
    'clean-up': true,
  });
  await nothingLeft();
});

it('a provider that is silent is named after the time it has', async () => {
  say = () => ({ hold: new Promise(() => undefined) });
  expect(await walk({ ...quick, answerMs: 1_000 })).toMatchObject({
    provider: expect.stringContaining('did not answer within 1 s'),
    'clean-up': true,
  });
  await nothingLeft();
});

it('a worker that serves another queue is told from one that is not there', async () => {
  await engine.restartWorker({ TRIMTAB_TASK_QUEUE: 'another' });
  await workerIsThere();
  expect(await walk({ ...quick, beginMs: 1_000 })).toMatchObject({
    Temporal: true,
    worker: expect.stringMatching(/no worker has begun the run within 1 s: .*TRIMTAB_TASK_QUEUE/),
    provider: null,
    'clean-up': true,
  });
  await nothingLeft();
  await engine.stopWorker();
  expect(await engine.db.selectFrom('workers').select('id').execute()).toEqual([]);
  expect(await walk()).toMatchObject({
    Temporal: true,
    worker: expect.stringMatching(/^no worker is there/),
    provider: null,
    'clean-up': null,
  });
});

it('Temporal and Postgres are named by the server that misses them', async () => {
  await engine.restartServer({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(await walk()).toMatchObject({
    API: true,
    Postgres: true,
    Temporal: expect.stringContaining('Temporal does not answer'),
    worker: null,
  });
  await engine.restartServer({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(await walk()).toMatchObject({ API: true, Postgres: expect.stringContaining('the database does not answer'), Temporal: null });
  await engine.restartServer();
});

it('an API that is away, or refuses the key, is the first to be named', async () => {
  vi.stubEnv('TRIMTAB_API_KEY', await engine.key(['admin']));
  await engine.restartWorker();
  await workerIsThere();
  expect(await walk()).toMatchObject({ API: expect.stringContaining('runs:read'), worker: null, 'clean-up': null });
  vi.stubEnv('TRIMTAB_URL', `http://127.0.0.1:${await freePort()}`);
  expect(await walk()).toMatchObject({ API: expect.stringMatching(/^nothing answers at .*start the stack/), Postgres: null });
});

it('trimtab doctor --deep --json ends with 1 when a stage is not well, and prints all of them', async () => {
  say = () => ({ status: 401, body: { error: { message: 'bad key', code: 'invalid_api_key' } } });
  const child = spawn(process.execPath, [binary, 'doctor', '--deep', '--json'], {
    cwd: project,
    env: { ...engine.env, TRIMTAB_URL: engine.url, TRIMTAB_API_KEY: key },
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  expect(code).toBe(1);
  const checks = JSON.parse(out) as { name: string; ok: boolean }[];
  expect(checks.find(({ name }) => name === 'Node')?.ok).toBe(true);
  expect(checks.filter(({ name, ok }) => name.startsWith('deep: ') && !ok).map(({ name }) => name)).toEqual([
    'deep: provider',
    'deep: records',
  ]);
});
