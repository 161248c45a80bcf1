import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../runtime/local/ports.ts';
import { spanIdOf, traceIdOf } from '../../runtime/observe/trace-ids.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { startChild, startWorkerChild, type Child } from '../stack/child.ts';
import { startCollector, type CollectedSpan, type Collector } from '../stack/collector.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

// Processes are started and killed.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));
/** Words of a customer, of a model and of a person, and a secret: none of them may be in a span, a log or a number. */
const canary = 'canary-4111-1111';
const secret = 'sk-canary-secret';
const callers = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let collector: Collector;
let metricsPort: number;
let env: Record<string, string>;
const children: Child[] = [];
let server: Child;
let worker: Child;

function say({ model, n }: { model: string; n: number }) {
  if (model === 'judge-1')
    return { text: JSON.stringify({ verdict: 'pass', reason: `${canary} is fine`, at: null, blames: null, missing: null }) };
  return {
    text: JSON.stringify({ text: n === 1 ? `rude ${canary} [1].` : `Free for 30 days, ${canary} [1].` }),
    usage: { input_tokens: 100, output_tokens: 20 },
  };
}

async function startBoth(change: Record<string, string> = {}): Promise<void> {
  server = startChild(['server'], { cwd, env: { ...env, ...change } });
  [worker] = await Promise.all([startWorkerChild({ cwd, env: { ...env, ...change } }), server.until('listens')]);
  children.push(server, worker);
}
const start = async (headers: Record<string, string> = {}): Promise<string> =>
  (await engine.call('/v1/chains/tickets/runs', { body: { input: { question: `Where is ${canary}?` } }, headers })).body.id;
const waiting = (id: string) => until(async () => (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);
const approve = async (id: string): Promise<void> => {
  const review = await waiting(id);
  await engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve', comment: canary } });
  await until(async () => (await engine.call(`/v1/runs/${id}`)).body.status === 'succeeded');
};
const spansOf = (id: string): CollectedSpan[] => collector.spans.filter(({ trace }) => trace === traceIdOf(id));
const ended = (id: string) => until(async () => spansOf(id).find(({ name }) => name === 'invoke_workflow tickets'));
const told = (id: string, name: string) => until(async () => spansOf(id).find((span) => span.name === name));
const numbers = async (): Promise<string> => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();

beforeAll(async () => {
  [provider, desk, collector, metricsPort] = await Promise.all([startProviderServer(say), startDesk(), startCollector(), freePort()]);
  engine = await testEngine({ worker: false, server: false, configFile: `${cwd}trimtab.config.ts` });
  env = {
    ...engine.env,
    OPENAI_BASE_URL: provider.openai_url,
    OPENAI_API_KEY: secret,
    TRIMTAB_ENDPOINT_DESK: desk.url,
    TRIMTAB_LOG: 'debug',
    TRIMTAB_METRICS: String(metricsPort),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=of-the-collector',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
});
afterAll(() => provider.stop());

describe('a run that outlives a kill -9 of the server and the worker', () => {
  let id: string;
  let first: string;

  beforeAll(async () => {
    await startBoth();
    id = await start({ traceparent: callers });
    await waiting(id);
    await told(id, 'ask approve');
    first = await numbers();
    await Promise.all([server.end('SIGKILL'), worker.end('SIGKILL')]);
    await startBoth();
    await approve(id);
    await Promise.all([ended(id), told(id, 'tell temporal.decision'), told(id, 'POST /v1/reviews/:id/decision')]);
  });

  it('is one trace over server and worker, with every span under the span of the run', () => {
    const spans = spansOf(id);
    expect(spans.map(({ service, name }) => `${service.replace('trimtab-', '')}: ${name}`).toSorted()).toEqual([
      'server: POST /v1/chains/:chain/runs',
      'server: POST /v1/reviews/:id/decision',
      'server: tell temporal.decision',
      'server: tell temporal.start',
      'worker: ask approve',
      'worker: chat judge-1',
      'worker: chat writer-1',
      'worker: chat writer-1',
      'worker: execute_tool send',
      'worker: invoke_workflow tickets',
      'worker: open',
      'worker: retrieval facts',
    ]);
    const root = spans.find(({ parent }) => parent === null);
    expect(root).toMatchObject({ name: 'invoke_workflow tickets', span: spanIdOf(id, 'run') });
    expect(spans.filter((span) => span !== root && span.parent !== root?.span)).toEqual([]);
    expect(root?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'tickets',
      'trimtab.run.id': id,
      'trimtab.status': 'succeeded',
      'trimtab.attempts': 4,
      'trimtab.input_tokens': 300,
    });
    // Also what began before the worker that sends it.
    expect(root?.seconds).toBeGreaterThan(Math.max(...spans.filter((span) => span !== root).map(({ seconds }) => seconds)));
    expect(collector.headers.every((headers) => headers['x-collector-key'] === 'of-the-collector')).toBe(true);
  });

  it("links the caller's own trace, and does not join it", () => {
    const [, trace, span] = callers.split('-');
    expect(spansOf(id).find(({ name }) => name === 'POST /v1/chains/:chain/runs')?.links).toEqual([{ trace, span }]);
  });

  it('says of a call to a model what the conventions for generative AI name, and of verdicts who judged how', () => {
    const [draft, revised] = spansOf(id)
      .filter(({ name }) => name === 'chat writer-1')
      .toSorted((a, b) => Number(a.attributes['trimtab.attempt']) - Number(b.attributes['trimtab.attempt']));
    expect(draft).toMatchObject({
      kind: 3,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'writer-1',
        'gen_ai.response.model': 'writer-1',
        'gen_ai.request.max_tokens': 200,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.prompt.name': 'draft',
        'trimtab.step': 'draft',
        'trimtab.attempt': 1,
        'trimtab.remedy': 'first',
        'trimtab.cost_usd': 0.00014,
      },
    });
    expect(revised?.attributes).toMatchObject({ 'trimtab.attempt': 2, 'trimtab.remedy': 'revise' });
    expect(
      draft?.events.map(({ name, attributes }) => [
        name,
        attributes['gen_ai.evaluation.name'],
        attributes['gen_ai.evaluation.score.label'],
      ]),
    ).toEqual([
      ['gen_ai.evaluation.result', 'schema', 'pass'],
      ['gen_ai.evaluation.result', 'polite', 'fail'],
    ]);
    const critic = spansOf(id).find(({ name }) => name === 'chat judge-1');
    expect(critic?.events).toEqual([
      {
        name: 'gen_ai.evaluation.result',
        attributes: {
          'gen_ai.evaluation.name': 'grounded',
          'gen_ai.evaluation.score.label': 'pass',
          'trimtab.critic.version': expect.any(String),
        },
      },
    ]);
    expect(critic?.links).toEqual([{ trace: revised?.trace, span: revised?.span }]);
  });

  it('is counted by the worker: calls, verdicts, tokens, money, and attempts by outcome and remedy when it has ended', async () => {
    for (const line of [
      'trimtab_calls_total{kind="generate",call="draft",provider="openai",model="writer-1",remedy="revise",result="answer"} 1',
      'trimtab_verdicts_total{critic="polite",verdict="fail"} 1',
      'trimtab_tokens_total{provider="openai",model="writer-1",direction="input"} 200',
      'trimtab_cost_usd_total{provider="openai",model="writer-1"} 0.00028',
      'trimtab_provider_seconds_count{provider="openai",model="writer-1",result="answer"} 2',
    ])
      expect(first.split('\n')).toContain(line);
    const second = (await numbers()).split('\n');
    expect(second).toContain('trimtab_runs_ended_total{chain="tickets",status="succeeded"} 1');
    expect(second).toContain('trimtab_attempts_total{chain="tickets",step="draft",remedy="first",outcome="rejected"} 1');
    expect(second).toContain('trimtab_attempts_total{chain="tickets",step="draft",remedy="revise",outcome="accepted"} 1');
  });

  it("is scraped together with the Temporal SDK's slots", () => {
    expect(first).toMatch(/^temporal_worker_task_slots_available\{.*worker_type="ActivityWorker".*\} 200$/m);
    expect(first).toMatch(/^temporal_worker_task_slots_used\{.*worker_type="LocalActivityWorker".*\} \d+$/m);
  });

  it('leaves lines of JSON that name it, and the step and attempt of every call', () => {
    const lines = children.flatMap((child) => child.said().trim().split('\n')).map((line) => JSON.parse(line));
    const about = lines.filter((line) => line.run_id === id);
    expect(about.filter(({ msg }) => msg === 'call').map(({ step, attempt, call, result }) => [step, attempt, call, result])).toEqual([
      ['facts', 1, 'draft', 'answer'],
      ['draft', 1, 'draft', 'answer'],
      ['draft', 2, 'draft', 'answer'],
      ['draft', 2, 'critic/grounded/1', 'answer'],
      ['send', 1, 'draft', 'answer'],
    ]);
    expect(about.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['request', 'run waits for a person', 'run ended']));
    expect(
      lines.every(
        ({ level, time, service }) => ['debug', 'info', 'warn'].includes(level) && time && /^trimtab-(server|worker)$/.test(service),
      ),
    ).toBe(true);
    expect(lines.filter((line) => JSON.stringify(line).includes(id) && line.run_id !== id)).toEqual([]);
  });

  it('has every metric that the example alerts and the page on operations name, and the page names every metric of ours', async () => {
    const shown = await (
      await fetch(`${engine.url}/metrics`, { headers: { authorization: `Bearer ${await engine.key(['admin'])}` } })
    ).text();
    const types = [...`${shown}\n${first}`.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
    const there = new Set(
      types.flatMap(([, name = '', type]) => (type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((end) => name + end) : [name])),
    );
    const named = (text: string): string[] => text.match(/\b(trimtab|temporal)_(?!visibility)[a-z_]+[a-z]\b/g) ?? [];
    const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    const { groups } = parse(page('alerts.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: { docs: string } }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ expr }) => named(expr).length === 0)).toEqual([]);
    expect(rules.flatMap(({ expr }) => named(expr)).filter((name) => !there.has(name))).toEqual([]);
    const tried = readFileSync(new URL('../alerts.yml', import.meta.url), 'utf8');
    expect(rules.filter(({ alert }) => !tried.includes(`alertname: ${alert}`))).toEqual([]);
    const told = page('operations.md');
    expect(named(told).filter((name) => !there.has(name))).toEqual([]);
    expect(types.map(([, name = '']) => name).filter((name) => name.startsWith('trimtab_') && !told.includes(`\`${name}`))).toEqual([]);
    const headings = [...told.matchAll(/^#+ (.+)$/gm)].map(
      ([, text = '']) => `docs/operations.md#${text.toLowerCase().replaceAll(' ', '-')}`,
    );
    expect(rules.filter(({ alert, annotations }) => !headings.includes(annotations.docs) || !told.includes(`\`${alert}\``))).toEqual([]);
  });

  it('has no example alert that divides by what goes well: of a thing that never goes well there is no such series, and the alert was silent', () => {
    const text = readFileSync(new URL('../../docs/alerts.yml', import.meta.url), 'utf8');
    const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
    const shares = groups.flatMap(({ rules }) => rules).filter(({ expr }) => expr.includes(' / '));
    expect(shares.map(({ alert }) => alert)).toEqual(['TrimtabProviderFails', 'TrimtabFirstAttemptsWorse', 'TrimtabApiErrors']);
    const [fails = '', worse = '', errors = ''] = shares.map(({ expr }) => expr.split(' / ')[0]);
    // A turn in which a model calls tools is an answer too.
    expect(fails).toContain('result!~"answer|calls|cancelled"');
    expect(worse).toContain('outcome!="accepted"');
    expect(errors).toContain('status=~"5.."');
    expect(shares.filter(({ expr }) => !/ > [\d.]+\s*$/.test(expr))).toEqual([]);
    expect(text).toContain('expr: absent(trimtab_workers)');
  });

  it('leaves no word of a customer and no secret in spans, logs and numbers', async () => {
    const everything = [collector.raw(), ...children.map((child) => child.said()), first, await numbers()].join('\n');
    expect(everything).toContain(id);
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(secret);
  });
});

it('puts what was sent and answered into the spans when the standard variable says so, and sends what is left when the worker is told to end', async () => {
  await worker.end('SIGTERM');
  worker = await startWorkerChild({
    cwd,
    env: { ...env, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true', OTEL_BSP_SCHEDULE_DELAY: '60000' },
  });
  const id = await start();
  await waiting(id);
  expect(spansOf(id).filter(({ service }) => service === 'trimtab-worker')).toEqual([]);
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const draft = await told(id, 'chat writer-1');
  expect(JSON.parse(String(draft.attributes['gen_ai.system_instructions']))).toEqual([{ type: 'text', content: 'You answer.' }]);
  expect(JSON.parse(String(draft.attributes['gen_ai.input.messages']))[0]).toMatchObject({
    role: 'user',
    parts: [{ type: 'text', content: expect.stringContaining(`Where is ${canary}?`) }],
  });
  expect(JSON.parse(String(draft.attributes['gen_ai.output.messages']))).toEqual([
    {
      role: 'assistant',
      finish_reason: 'stop',
      parts: [{ type: 'text', content: JSON.stringify({ text: `Free for 30 days, ${canary} [1].` }) }],
    },
  ]);
  const critic = await told(id, 'chat judge-1');
  expect(critic.events[0]?.attributes['gen_ai.evaluation.explanation']).toBe(`${canary} is fine`);
});
