import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newId } from '../../src/store/ids.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { startProviderServer, type ProviderCall, type ProviderServer } from '../../testing/provider-server.ts';
import { startChild, startWorkerChild } from '../stack/child.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

// Processes are started and killed.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 90_000 });

const cwd = fileURLToPath(new URL('../projects/batch/', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';

beforeAll(async () => {
  provider = await startProviderServer((call) => ({ text: JSON.stringify({ text: `Answer to ${questionOf(call)}` }), delay_ms: 40 }));
  engine = await testEngine({
    server: false,
    worker: false,
    configFile: `${cwd}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test' },
  });
});
afterAll(() => provider.stop());

/** Starts that are due at the same moment: a relay sees all of them or none. */
async function startTogether(name: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('run'));
  await engine.db.transaction().execute(async (tx) => {
    for (const [n, id] of ids.entries())
      await insertRun(tx, { id, chain: 'answers', input: { question: `${name} ${n}.` }, user: null, metadata: {}, by: 'test' });
  });
  return ids;
}
const ended = (ids: readonly string[]) =>
  until(async () => {
    const rows = await engine.db
      .selectFrom('runs')
      .select(['id', 'status'])
      .where('id', 'in', ids)
      .where('ended_at', 'is not', null)
      .execute();
    return rows.length === ids.length && rows;
  });
const attemptsOf = (ids: readonly string[]) =>
  engine.db.selectFrom('attempts').select(['run_id', 'outcome']).where('run_id', 'in', ids).execute();
const askedFor = (name: string) => provider.calls.filter((call) => questionOf(call).startsWith(name));

it('starts each run once where relays and a worker die at every boundary of a gathering', async () => {
  const dies = async (program: string, at: string): Promise<void> => {
    const child = startChild([program], { cwd, env: { ...engine.env, TRIMTAB_CRASH_AT: at } });
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
    // Who held a message is silent for longer than a lease.
    await engine.db
      .updateTable('outbox')
      .set({ lease_until: new Date(Date.now() - 1_000) })
      .where('lease_until', 'is not', null)
      .execute();
  };
  const first = await startTogether('boundary', 4);
  await dies('server', 'gathering.written');
  expect(new Set((await engine.db.selectFrom('runs').select('batch_id').execute()).map((row) => row.batch_id)).size).toBe(1);
  await dies('server', 'relay.told');
  // Nobody else is there to take them: the worker does.
  const later = await startTogether('boundary later', 3);
  await dies('worker', 'gathering.taken');
  const ids = [...first, ...later];
  const runs = await engine.db.selectFrom('runs').select(['id', 'batch_id']).where('id', 'in', ids).execute();
  expect(new Set(runs.map((run) => run.batch_id))).toEqual(new Set([expect.stringMatching(/^gat_/)]));
  await engine.restartServer();
  const worker = await startWorkerChild({ cwd, env: engine.env });
  expect((await ended(ids)).map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
  const outcomes = await attemptsOf(ids);
  expect(outcomes.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(ids.length);
  // The worker that died had begun those that it knew; what it had asked for is asked again once, and a row says so.
  expect(askedFor('boundary').length).toBeLessThanOrEqual(outcomes.length);
  expect(outcomes.length).toBeLessThanOrEqual(ids.length + first.length);
  await worker.end('SIGKILL');
});

it('goes on where it was after kill -9 of its worker: each run ends once, and no answer on record is asked for again', async () => {
  await engine.restartServer();
  let worker = await startWorkerChild({ cwd, env: engine.env });
  const warm = Array.from({ length: 20 }, (_, n) => ({ input: { question: `warm ${n}.` } }));
  const { body } = await engine.call('/v1/chains/answers/batches', { body: { cases: warm } });
  await until(async () => (await engine.call(`/v1/batches/${body.id}`)).body.ended_at);
  const ids = await startTogether('killed', 40);
  await until(async () => (await attemptsOf(ids)).length > 10);
  await worker.end('SIGKILL');
  worker = await startWorkerChild({ cwd, env: engine.env });
  expect((await ended(ids)).map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
  const rows = await attemptsOf(ids);
  const accepted = rows.filter(({ outcome }) => outcome === 'accepted');
  expect(new Set(accepted.map(({ run_id }) => run_id)).size).toBe(accepted.length);
  expect(accepted).toHaveLength(ids.length);
  const lost = rows.filter(({ outcome }) => outcome === 'abandoned').length;
  expect(rows).toHaveLength(ids.length + lost);
  expect(askedFor('killed').length).toBeLessThanOrEqual(rows.length);
  await worker.end('SIGKILL');
});
