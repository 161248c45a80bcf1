import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  createTraceState,
  trace,
  type Context,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { packageRoot } from '../package-root.ts';
import { SettableIds, spanIdOf, traceIdOf } from './trace-ids.ts';
import { runSpan, type EndedSpan, type Tracing } from './tracing.ts';

type Environment = Record<string, string | undefined>;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, internal: SpanKind.INTERNAL };
const stopWithinMs = 5_000;

/** Headers, time-outs, compression and certificates of the exporter come from its own OTEL_EXPORTER_OTLP_ variables. */
export function otlpTracing(
  env: Environment,
  options: { url: string; content: boolean; service: string; warn(entry: Record<string, unknown>): void },
): Tracing {
  const ids = new SettableIds();
  const exporter = new OTLPTraceExporter({ url: options.url });
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    sampler: samplerOf(env),
    resource: detectResources({ detectors: [envDetector] }).merge(
      resourceFromAttributes({ 'service.name': env['OTEL_SERVICE_NAME'] || options.service, 'service.version': version() }),
    ),
    spanProcessors: [new BatchSpanProcessor(complaining(exporter, options.warn))],
  });
  const tracer = provider.getTracer('trimtab', version());
  return {
    on: true,
    content: options.content,
    ended(run_id, span) {
      const trace_id = traceIdOf(run_id);
      ids.set({ trace: trace_id, span: span.key === undefined ? null : spanIdOf(run_id, span.key) });
      const started = tracer.startSpan(
        span.name,
        {
          kind: kinds[span.kind],
          // A number before this process began would be taken for one since its begin.
          startTime: new Date(span.start),
          attributes: { 'trimtab.run.id': run_id, ...span.attributes },
          links: linksOf(run_id, span),
        },
        span.key === runSpan ? ROOT_CONTEXT : under(trace_id, spanIdOf(run_id, span.parent ?? runSpan)),
      );
      for (const event of span.events ?? []) started.addEvent(event.name, event.attributes, new Date(event.at));
      if (span.error !== undefined) started.setAttribute('error.type', span.error).setStatus({ code: SpanStatusCode.ERROR });
      started.end(new Date(Math.max(span.start, span.end)));
    },
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, stopWithinMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

const version = (): string => (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;

const contextOf = (traceId: string, spanId: string): SpanContext => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
const under = (traceId: string, spanId: string): Context => trace.setSpanContext(ROOT_CONTEXT, contextOf(traceId, spanId));

/** The caller's own trace is linked, not joined: a run has one trace, whoever asks for it. */
function linksOf(run_id: string, span: EndedSpan): Link[] {
  const own = (span.links ?? []).map((key) => ({ context: contextOf(traceIdOf(run_id), spanIdOf(run_id, key)) }));
  const [, traceId, spanId] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(span.caused_by ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return own;
  return [...own, { context: { ...contextOf(traceId, spanId), traceState: createTraceState() } }];
}

/** Every process decides the same for a run, since the trace id says it all. */
function samplerOf(env: Environment): Sampler {
  const name = (env['OTEL_TRACES_SAMPLER'] ?? '').replace('parentbased_', '');
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(Number(env['OTEL_TRACES_SAMPLER_ARG'] ?? 1));
  return new AlwaysOnSampler();
}

const complainEveryMs = 60_000;

/** A collector that is away costs spans, never a run; it is said once a minute. */
function complaining(exporter: SpanExporter, warn: (entry: Record<string, unknown>) => void): SpanExporter {
  let last = 0;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && Date.now() - last > complainEveryMs) {
          last = Date.now();
          warn({ msg: 'traces could not be sent', spans: spans.length, error: result.error });
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
