import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../runtime/local/ports.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startChild, startWorkerChild, type Child } from '../stack/child.ts';
import { tallyKills } from '../stack/kill-tally.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

// Processes are started and killed in every test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let worker: Child;
/** The first draft of a question that has a gate waits for it. */
const gates = new Map<string, Promise<unknown>>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const callsFor = (question: string, model?: string) =>
  provider.calls.filter((call) => questionOf(call) === question && (model === undefined || call.model === model));

function say(call: ProviderCall): Scripted {
  const question = questionOf(call);
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const gate = callsFor(question, call.model).length === 1 ? gates.get(question) : undefined;
  return { text: JSON.stringify({ text: `Answer to ${question} [1].` }), ...(gate ? { hold: gate } : {}) };
}

const never = new Promise<never>(() => undefined);
const child = (): Promise<Child> => startWorkerChild({ cwd, env: engine.env });
const start = async (question: string): Promise<string> =>
  (await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } })).body.id;
const run = async (id: string) => (await engine.call(`/v1/runs/${id}`)).body;
const draftOf = async (id: string) =>
  (await engine.call(`/v1/runs/${id}/steps`)).body.data.find((step: { step: string }) => step.step === 'draft');
const waiting = (id: string) => until(async () => (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);
const approve = (review: { id: string; version: number }) =>
  engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve' } });
const ended = (id: string) =>
  until(async () => {
    const now = await run(id);
    return ['succeeded', 'failed', 'cancelled'].includes(now.status) && now;
  });

beforeAll(async () => {
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  engine = await testEngine({
    worker: false,
    configFile: `${cwd}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
  worker = await child();
});
afterAll(() => provider.stop());

describe('a worker killed with kill -9', () => {
  let underWay: string;
  let answered: string;
  let acting: string;
  let answersBefore: number;
  let backAt: number;

  beforeAll(async () => {
    gates.set('under way', never);
    let letGo: () => void = () => undefined;
    desk.holdUntil(
      new Promise<void>((resolve) => {
        letGo = resolve;
      }),
    );
    [answered, acting] = await Promise.all([start('answered'), start('acting')]);
    await waiting(answered);
    await approve(await waiting(acting));
    underWay = await start('under way');
    await until(async () => callsFor('under way').length === 1 && desk.requests.length === 1);
    answersBefore = callsFor('answered').length;
    await worker.end('SIGKILL');
    tallyKills(1);
    letGo();
    worker = await child();
    backAt = Date.now();
  });

  it('leaves the call under way as one abandoned row; the next attempt has its own number and the run goes on', async () => {
    await waiting(underWay);
    const { attempts } = await draftOf(underWay);
    expect(
      attempts.map((attempt: any) => [attempt.attempt, attempt.answer, attempt.remedy, attempt.outcome, attempt.cost_usd === null]),
    ).toEqual([
      [1, null, 'first', 'abandoned', true],
      [2, 1, 'retry', 'accepted', false],
    ]);
    expect(callsFor('under way', 'writer-1')).toHaveLength(2);
    // The heartbeat's time-out is 10 s, counted from the last beat; the wait before the next attempt comes on top.
    expect(new Date(attempts[1].started_at).getTime() - backAt).toBeLessThan(20_000);
  });

  it('costs no second call for an answer that is on record', async () => {
    await approve(await waiting(answered));
    expect((await ended(answered)).status).toBe('succeeded');
    expect(callsFor('answered')).toHaveLength(answersBefore);
    expect((await draftOf(answered)).attempts).toHaveLength(1);
  });

  it('leads to one effect, though it was requested twice', async () => {
    const done = await ended(acting);
    expect(done.status).toBe('succeeded');
    expect(desk.requests.filter((key) => key === done.output.id)).toHaveLength(2);
    expect([...desk.effects.keys()].filter((key) => key.startsWith(acting))).toEqual([done.output.id]);
  });
});

it('a cancelled run hangs up on the provider within seconds: its call hears of it with a heartbeat', async () => {
  gates.set('cancelled', never);
  const id = await start('cancelled');
  const call = await until(async () => callsFor('cancelled')[0]);
  const from = Date.now();
  await engine.call(`/v1/runs/${id}/cancel`, { method: 'POST' });
  await call.closed;
  // Heartbeats go out every 2 s; with the SDK's own throttle it is 8.
  expect(Date.now() - from).toBeLessThan(6_000);
  expect((await ended(id)).status).toBe('cancelled');
});

it('a server whose parent is lost while it loads ends too', async () => {
  const orphan = startChild(['server'], { cwd, env: { ...engine.env, TRIMTAB_PORT: String(await freePort()) } });
  orphan.orphan();
  expect(await orphan.ended).toEqual({ code: 0, signal: null });
});

describe('a worker told to end by SIGTERM', () => {
  it('ends at once with 0 when it is idle', async () => {
    const from = Date.now();
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(Date.now() - from).toBeLessThan(5_000);
  });
});
