import { Writable } from 'node:stream';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { waitsItsTurn } from '../../activities/index.ts';
import { errorFacts } from '../../runtime/error-facts.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { createLog } from '../../runtime/log.ts';
import { activityInterceptor } from '../../runtime/observe/activities.ts';
import { serveNumbers } from '../../runtime/observe/scrape.ts';
import { spanIdOf, traceIdOf } from '../../runtime/observe/trace-ids.ts';
import { startTracing } from '../../runtime/observe/tracing.ts';
import { workerNumbers } from '../../runtime/observe/worker-numbers.ts';
import { temporalLogger } from '../../runtime/temporal-log.ts';
import type { ApiEnv } from '../../src/api/deps.ts';
import { onError } from '../../src/api/problem.ts';
import { readConfig } from '../../src/config.ts';
import { StepFailed, TrimtabError } from '../../src/errors.ts';
import { startCollector } from '../stack/collector.ts';

const canary = 'canary-4111';
const options = { service: 'test', warn: () => undefined };

function lines(level: string): { log: ReturnType<typeof createLog>; said(): Record<string, unknown>[] } {
  let text = '';
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return {
    log: createLog({ logLevel: level }, 'worker', to),
    said: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
}

describe('tracing', () => {
  it.each([
    ['nothing is set', {}],
    ['the SDK is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
    ['the exporter is none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' }],
  ])('is off when %s', async (_, env) => {
    expect((await startTracing(env, options)).on).toBe(false);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /grpc is not spoken here/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318 is no http/],
  ])('refuses %j with one sentence', async (env, sentence) => {
    await expect(startTracing(env, options)).rejects.toThrow(sentence);
  });

  it('sends a span as it was told, under the run, by the endpoint of traces when there are two', async () => {
    const collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` };
    const tracing = await startTracing({ ...env, OTEL_SERVICE_NAME: 'support' }, options);
    tracing.ended('run_1', {
      name: 'first',
      kind: 'client',
      key: 'a',
      start: 1_000,
      end: 3_500,
      attributes: { n: 1 },
      error: 'overloaded',
    });
    tracing.ended('run_1', { name: 'second', kind: 'internal', parent: 'a', start: 2_000, end: 1_000 });
    await tracing.stop();
    const [first, second] = collector.spans;
    expect(first).toMatchObject({
      service: 'support',
      trace: traceIdOf('run_1'),
      span: spanIdOf('run_1', 'a'),
      parent: spanIdOf('run_1', 'run'),
      seconds: 2.5,
      failed: true,
      attributes: { n: 1, 'trimtab.run.id': 'run_1', 'error.type': 'overloaded' },
    });
    expect(second).toMatchObject({ name: 'second', parent: spanIdOf('run_1', 'a'), seconds: 0, failed: false });
    expect(second?.span).not.toBe(first?.span);
  });

  it('samples by the id of the trace, so that every process takes the same runs', async () => {
    const collector = await startCollector();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
    };
    const [one, other] = await Promise.all([startTracing(env, options), startTracing(env, options)]);
    for (let n = 0; n < 40; n += 1)
      for (const tracing of [one, other]) tracing.ended(`run_${n}`, { name: 'span', kind: 'internal', start: 1, end: 2 });
    await Promise.all([one.stop(), other.stop()]);
    const taken = new Map<string, number>();
    for (const { trace } of collector.spans) taken.set(trace, (taken.get(trace) ?? 0) + 1);
    expect([...taken.values()].every((times) => times === 2)).toBe(true);
    expect(taken.size).toBeGreaterThan(8);
    expect(taken.size).toBeLessThan(32);
  });

  it('warns of a collector that is away, and ends all the same', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
    const warn = vi.fn();
    const tracing = await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` }, { service: 'test', warn });
    tracing.ended('run_1', { name: 'lost', kind: 'internal', start: 1, end: 2 });
    await tracing.stop();
    expect(warn.mock.calls.map(([{ msg, spans }]) => [msg, spans])).toEqual([['traces could not be sent', 1]]);
    vi.unstubAllEnvs();
  });
});

describe('what a log says of an error', () => {
  const pgError = (code: string) => Object.assign(new Error(`invalid "${canary}"`), { code, severity: 'ERROR', detail: `Key (${canary})` });
  it.each([
    ['of chain code', new Error(`no order for ${canary}`)],
    ['that quotes a value to Postgres', pgError('22P02')],
    ['of a receiver', new TrimtabError('effect_failed', `refused: ${canary}`)],
    ['of a failed step', new StepFailed('draft', 'ladder_exhausted', canary)],
    ['with such a cause', new TrimtabError('internal', 'it broke', { cause: new Error(canary) })],
    ['that is no error', canary],
    ['with the words in its stack', Object.assign(new Error('x'), { stack: `Error: ${canary}\n    at ${canary}\n    at file.ts:1:2` })],
  ])('leaves out the words of one %s', (_, error) => {
    expect(JSON.stringify(errorFacts(error))).not.toContain(canary);
  });

  it.each([
    [new Error('fetch failed: connect ECONNREFUSED 127.0.0.1:8080'), { message: /8080$/ }],
    [new TrimtabError('setup', 'port 80 is taken'), { code: 'setup', message: 'port 80 is taken' }],
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      { message: /ECONNREFUSED 127/ },
    ],
    [
      Object.assign(new Error('the database system is starting up'), { code: '57P03', severity: 'FATAL' }),
      { code: '57P03', message: /starting up/ },
    ],
  ])('keeps the words of %s', (error, { message }) => {
    expect(errorFacts(error).message).toMatch(message);
  });
});

describe('a line of the log', () => {
  it('of a request that failed names it, and leaves out the words', async () => {
    const { log, said } = lines('info');
    const api = new Hono<ApiEnv>();
    api.onError(onError(log));
    api.get('/v1/runs/:id', () => {
      throw new Error(canary);
    });
    expect((await api.request(`/v1/runs/${canary}`)).status).toBe(500);
    expect(said()).toEqual([
      expect.objectContaining({ level: 'error', msg: 'request failed', error: { type: 'Error', at: expect.any(Array) } }),
    ]);
    expect(JSON.stringify(said())).not.toContain(canary);
  });

  it('is JSON with level, time and service, and obeys TRIMTAB_LOG', () => {
    const { log, said } = lines('info');
    log({ level: 'debug', msg: 'not said' });
    log({ msg: 'call', run_id: 'run_1', step: 'draft', attempt: 2 });
    log({ level: 'error', msg: 'broken', error: new Error(canary), authorization: `Bearer ${canary}` });
    expect(said()).toEqual([
      expect.objectContaining({
        level: 'info',
        service: 'trimtab-worker',
        time: expect.stringMatching(/Z$/),
        msg: 'call',
        run_id: 'run_1',
        step: 'draft',
        attempt: 2,
      }),
      expect.objectContaining({ level: 'error', msg: 'broken', error: expect.objectContaining({ type: 'Error' }) }),
    ]);
    expect(JSON.stringify(said())).not.toContain(canary);
  });

  it("of Temporal's SDK keeps the names of run, step and attempt, and no payload", () => {
    const { log, said } = lines('debug');
    const sdk = temporalLogger(log);
    sdk.warn('Activity failed', {
      workflowId: 'run_1',
      run_id: '3f0c-temporals-own',
      activityType: 'perform',
      attempt: 3,
      step: 'draft',
      trimtab_attempt: 2,
      input: canary,
      error: new Error(canary),
    });
    sdk.warn('Workflow failed', { workflowId: 'run_1', error: new Error(canary) });
    sdk.info('Worker state changed', {});
    expect(said()).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'Activity failed',
        run_id: 'run_1',
        activity: 'perform',
        temporal_attempt: 3,
        step: 'draft',
        attempt: 2,
      }),
    ]);
    expect(JSON.stringify(said())).not.toContain(canary);
  });
});

it('an activity that fails is counted, and the lines about it say for which step and attempt it was', async () => {
  const numbers = workerNumbers();
  const { inbound, outbound } = activityInterceptor({ numbers })({ info: { activityType: 'perform' } } as any);
  const key = { run_id: 'run_1', step: 'draft', occurrence: 1, attempt: 2, call: 'draft' };
  await expect(inbound?.execute?.({ args: [{ key }], headers: {} }, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(outbound?.getLogAttributes?.({ workflowId: 'run_1' }, (facts) => facts)).toEqual({
    workflowId: 'run_1',
    step: 'draft',
    occurrence: 1,
    trimtab_attempt: 2,
    call: 'draft',
  });
  expect(await numbers.registry.metrics()).toContain('trimtab_activity_failures_total{activity="perform"} 1');
});

it('a call that waits for its turn or was told to stop is not counted as one that failed', async () => {
  const numbers = workerNumbers();
  const { inbound } = activityInterceptor({ numbers })({ info: { activityType: 'perform' } } as any);
  for (const error of [
    ApplicationFailure.create({ message: 'the minute is full', type: waitsItsTurn }),
    new CancelledFailure('CANCELLED'),
    AbortSignal.abort().reason as Error,
  ])
    await expect(inbound?.execute?.({ args: [{}], headers: {} }, () => Promise.reject(error))).rejects.toBe(error);
  expect(await numbers.registry.metrics()).not.toContain('trimtab_activity_failures_total{');
});

describe('the page of numbers', () => {
  it('is there without the SDK, says that the process lives, and names nothing else', async () => {
    const port = await freePort();
    const page = await serveNumbers(workerNumbers().registry, {
      host: '127.0.0.1',
      port,
      sdkUrl: `http://127.0.0.1:${await freePort()}/metrics`,
    });
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get('/metrics')).text()).toContain('# TYPE trimtab_calls_total counter');
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/')).status).toBe(404);
    await expect(serveNumbers(workerNumbers().registry, { host: '127.0.0.1', port, sdkUrl: null })).rejects.toThrow(
      /TRIMTAB_METRICS: 127.0.0.1:\d+ cannot be listened on/,
    );
    page.stop();
  });

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['', null],
  ])('TRIMTAB_METRICS=%s', (text, address) => {
    expect(readConfig({ TRIMTAB_METRICS: text }).metrics).toEqual(address);
  });

  it.each([{ TRIMTAB_METRICS: 'yes' }, { TRIMTAB_METRICS: '127.0.0.1:70000' }, { TRIMTAB_LOG: 'loud' }])('%j is refused', (env) => {
    expect(() => readConfig(env)).toThrow(TrimtabError);
  });
});
