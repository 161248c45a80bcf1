import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startProviderServer, type ProviderCall, type ProviderServer } from '../../testing/provider-server.ts';
import { startWorkerChild, type Child } from '../stack/child.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

// Processes are started and killed.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

const cwd = fileURLToPath(new URL('../projects/batch/', import.meta.url));
const cases = 60;
/** Answered to the first worker. The other calls stay open until it is dead, so that its death always finds some. */
const answered = 20;
let letGo: () => void;
const dead = new Promise<void>((resolve) => {
  letGo = resolve;
});

let engine: TestEngine;
let provider: ProviderServer;
let worker: Child;

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';

beforeAll(async () => {
  let asked = 0;
  provider = await startProviderServer((call) => {
    asked += 1;
    const text = JSON.stringify({ text: `Answer to ${questionOf(call)}` });
    return asked > answered ? { text, hold: dead } : { text };
  });
  engine = await testEngine({
    worker: false,
    configFile: `${cwd}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test' },
  });
  worker = await startWorkerChild({ cwd, env: engine.env });
});
afterAll(async () => {
  await worker.end('SIGKILL');
  await provider.stop();
});

it('goes on where it was after kill -9 of its worker: each case ends once, and no answer on record is asked for again', async () => {
  const { body } = await engine.call('/v1/chains/answers/batches', {
    body: { cases: Array.from({ length: cases }, (_, n) => ({ input: { question: `case ${n}.` } })) },
  });
  const batch = async () => (await engine.call(`/v1/batches/${body.id}`)).body;
  await until(async () => provider.calls.length > answered && (await batch()).counts.succeeded === answered);
  await worker.end('SIGKILL');
  letGo();
  worker = await startWorkerChild({ cwd, env: engine.env });
  await until(async () => (await batch()).ended_at);
  expect((await batch()).counts).toMatchObject({ succeeded: cases, failed: 0, running: 0 });
  const rows = await engine.db
    .selectFrom('attempts')
    .innerJoin('runs', 'runs.id', 'attempts.run_id')
    .select(['attempts.run_id', 'attempts.outcome'])
    .where('runs.batch_id', '=', body.id)
    .execute();
  const accepted = rows.filter(({ outcome }) => outcome === 'accepted');
  expect(accepted).toHaveLength(cases);
  expect(new Set(accepted.map(({ run_id }) => run_id)).size).toBe(cases);
  // What was under way when the worker died is asked again, and is a row that says so; nothing else is.
  const lost = rows.filter(({ outcome }) => outcome === 'abandoned').length;
  expect(lost).toBeGreaterThan(0);
  expect(rows).toHaveLength(cases + lost);
  expect(provider.calls.length).toBeLessThanOrEqual(rows.length);
});
