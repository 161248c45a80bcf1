import { TrimtabError } from '../../src/errors.ts';

type Environment = Record<string, string | undefined>;
export type SpanAttributes = Record<string, string | number | boolean | string[]>;

/**
 * A span that has ended. `key` names it, so that other processes can point at it; `parent` is the key of another span of the
 * run, by default the run's own. Times in ms since 1970.
 */
export interface EndedSpan {
  name: string;
  kind: 'server' | 'client' | 'producer' | 'internal';
  start: number;
  end: number;
  key?: string;
  parent?: string;
  attributes?: SpanAttributes;
  events?: { name: string; at: number; attributes: SpanAttributes }[];
  links?: string[];
  /** A W3C traceparent of somebody else's trace. */ caused_by?: string | undefined;
  error?: string | undefined;
}

/** One trace a run. Spans are told when they have ended, so nothing of this has to live through a restart. */
export interface Tracing {
  readonly on: boolean;
  /** May texts of customers be in attributes? Only when the standard variable says so. */
  readonly content: boolean;
  ended(run_id: string, span: EndedSpan): void;
  /** Sends what is left, for five seconds at most. */
  stop(): Promise<void>;
}

/** The run's own span, parent of all others. */
export const runSpan = 'run';

const off: Tracing = { on: false, content: false, ended: () => undefined, stop: async () => undefined };

/**
 * Traces by OTLP over HTTP, off unless the standard variables say where to: OTEL_EXPORTER_OTLP_ENDPOINT or
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or OTEL_TRACES_EXPORTER=otlp for a collector on this machine. The SDK is loaded only
 * then. Throws `config` for a protocol that is not spoken.
 */
export async function startTracing(
  env: Environment,
  options: { service: string; warn(entry: Record<string, unknown>): void },
): Promise<Tracing> {
  const url = endpointOf(env);
  if (url === null) return off;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/json';
  if (protocol === 'grpc')
    throw new TrimtabError(
      'config',
      'OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not spoken here: use http/json and the port for HTTP, mostly 4318',
    );
  const { otlpTracing } = await import('./otlp.ts');
  return otlpTracing(env, { url, content: wantsContent(env), ...options });
}

function endpointOf(env: Environment): string | null {
  const exporters = (env['OTEL_TRACES_EXPORTER'] ?? '').split(',').map((name) => name.trim());
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || exporters.includes('none')) return null;
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (own) return checked(own, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || (exporters.includes('otlp') ? 'http://localhost:4318' : '');
  return base === '' ? null : `${checked(base, 'OTEL_EXPORTER_OTLP_ENDPOINT').replace(/\/$/, '')}/v1/traces`;
}

function checked(url: string, name: string): string {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new TrimtabError('config', `${name}=${url} is no http or https address`);
  return url;
}

/** The variable of OpenTelemetry's GenAI instrumentations; the older form is `true`. */
const wantsContent = (env: Environment): boolean =>
  ['true', 'span_only', 'span_and_event'].includes((env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'] ?? '').toLowerCase());
