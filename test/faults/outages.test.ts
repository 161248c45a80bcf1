import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../runtime/local/ports.ts';
import { startPostgres, type LocalPostgres } from '../../runtime/local/postgres.ts';
import { findTemporal } from '../../runtime/local/temporal-program.ts';
import { startTemporal, type LocalTemporal } from '../../runtime/local/temporal.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { createKey } from '../../src/store/keys.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { callApi, type ApiCall } from '../stack/call-api.ts';
import { startChild, startWorkerChild, type Child } from '../stack/child.ts';
import { startDesk } from '../stack/desk.ts';
import { until } from '../stack/engine.ts';

// Servers and processes are started and stopped in every test.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));
let home: string;
let env: Record<string, string>;
let postgres: LocalPostgres;
let temporal: LocalTemporal;
let program: string;
let provider: ProviderServer;
let db: Database;
let key: string;
let server: Child;
let worker: Child;
/** The first draft of a question that has a gate waits for it. */
const gates = new Map<string, Promise<unknown>>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const draftsFor = (question: string): ProviderCall[] =>
  provider.calls.filter((call) => questionOf(call) === question && call.model === 'writer-1');

function say(call: ProviderCall): Scripted {
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const question = questionOf(call);
  const gate = draftsFor(question).length === 1 ? gates.get(question) : undefined;
  return { text: JSON.stringify({ text: `Answer to ${question} [1].` }), ...(gate ? { hold: gate } : {}) };
}

const call = (path: string, options?: ApiCall) => callApi({ url: `http://127.0.0.1:${env['TRIMTAB_PORT']}`, key }, path, options);
const start = async (question: string): Promise<string> =>
  (await call('/v1/chains/tickets/runs', { body: { input: { question } } })).body.id;
const draftsOf = async (id: string) =>
  (await call(`/v1/runs/${id}/steps`)).body.data
    .find((step: { step: string }) => step.step === 'draft')
    .attempts.map((attempt: any) => [attempt.attempt, attempt.remedy, attempt.outcome]);
const waiting = (id: string) => until(async () => (await call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);
const statusOf = async (id: string): Promise<string> => (await call(`/v1/runs/${id}`)).body.status;
const startDb = () => startPostgres({ home, log: () => undefined, durable: false });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'trimtab-outages-'));
  program = await findTemporal({ cache: readConfig().cache });
  const [, desk] = [(provider = await startProviderServer(say)), await startDesk()];
  [postgres, temporal] = await Promise.all([startDb(), startTemporal({ home, program })]);
  await migrate(postgres.url);
  db = openDatabase(postgres.url, { max: 3 });
  key = (await createKey(db, { name: 'test', scopes: ['runs:read', 'runs:write', 'reviews:decide'] })).key;
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TRIMTAB_HOME: home,
    TRIMTAB_PORT: String(await freePort()),
    TRIMTAB_WEB_ROOT: join(home, 'no-page'),
    TRIMTAB_LOG: 'silent',
    OPENAI_BASE_URL: provider.openai_url,
    OPENAI_API_KEY: 'sk-test',
    TRIMTAB_ENDPOINT_DESK: desk.url,
  };
  server = startChild(['server'], { cwd, env });
  [worker] = await Promise.all([startWorkerChild({ cwd, env }), server.until('listens')]);
});
afterAll(async () => {
  await Promise.all([server.end('SIGKILL'), worker.end('SIGKILL'), provider.stop()]);
  await db.destroy();
  await Promise.all([postgres.stop(), temporal.stop()]);
  await rm(home, { recursive: true, force: true });
});

describe('Postgres goes away', () => {
  it('under a transaction: it rejects, nothing else happens, and the pool connects again', async () => {
    const between = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await postgres.stop();
      await sql`select 1`.execute(tx);
    });
    await expect(between).rejects.toThrow();
    const before = postgres.url;
    postgres = await startDb();
    expect(postgres.url).toBe(before);
    expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('under a provider call: the answer in hand waits for it, is recorded, and the provider was asked once', async () => {
    let answer: () => void = () => undefined;
    gates.set(
      'in hand',
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const id = await start('in hand');
    const asked = await until(async () => draftsFor('in hand')[0]);
    await postgres.stop();
    answer();
    await until(async () => asked.answered);
    postgres = await startDb();
    await waiting(id);
    expect(await draftsOf(id)).toEqual([[1, 'first', 'accepted']]);
    expect(draftsFor('in hand')).toHaveLength(1);
  });
});

describe('Temporal goes away', () => {
  it('starts and decisions are taken meanwhile, and all of it reaches Temporal afterwards', async () => {
    const waits = await start('waits');
    const review = await waiting(waits);
    await temporal.stop();
    const begun = await Promise.all(['first', 'second', 'third'].map(start));
    expect((await call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve' } })).status).toBe(200);
    const untold = await db.selectFrom('outbox').select(['topic', 'run_id', 'payload']).where('done_at', 'is', null).execute();
    expect(untold.filter(({ topic }) => topic === 'temporal.decision')).toHaveLength(1);
    // Each has a word of its own, or its gathering has one.
    const gathered = untold.map(({ payload }) => (payload as { batch_id?: string }).batch_id).filter((id) => id !== undefined);
    const inThem = await db
      .selectFrom('runs')
      .select('id')
      .where('batch_id', 'in', ['', ...gathered])
      .execute();
    const alone = untold.filter(({ topic }) => topic === 'temporal.start').map(({ run_id }) => run_id);
    expect([...alone, ...inThem.map((run) => run.id)].toSorted()).toEqual(begun.toSorted());
    temporal = await startTemporal({ home, program });
    expect(temporal.address).toBe(env['TEMPORAL_ADDRESS']);
    for (const id of begun) await waiting(id);
    await until(async () => (await statusOf(waits)) === 'succeeded');
  });
});

describe('a worker told to end by SIGTERM', () => {
  it('hands on a call that is not answered within its grace, and ends with 0', async () => {
    gates.set('too slow', new Promise(() => undefined));
    const id = await start('too slow');
    await until(async () => draftsFor('too slow').length === 1);
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
    worker = await startWorkerChild({ cwd, env });
    await waiting(id);
    expect(await draftsOf(id)).toEqual([
      [1, 'first', 'cancelled'],
      [2, 'retry', 'accepted'],
    ]);
  });

  it('ends with 0 while its local activities fail, and the next one goes on', async () => {
    await worker.end('SIGTERM');
    const id = await start('unopened');
    await until(
      async () =>
        (await db.selectFrom('outbox').select('id').where('run_id', '=', id).where('done_at', 'is', null).executeTakeFirst()) === undefined,
    );
    await postgres.stop();
    const failing = await startWorkerChild({ cwd, env: { ...env, TRIMTAB_LOG: 'warn' } });
    await failing.until('Activity failed');
    const from = Date.now();
    expect(await failing.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(Date.now() - from).toBeLessThan(15_000);
    [postgres, worker] = await Promise.all([startDb(), startWorkerChild({ cwd, env })]);
    await waiting(id);
  });
});
