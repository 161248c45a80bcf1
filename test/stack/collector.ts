import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll } from 'vitest';

type Value = string | number | boolean | string[];
export interface CollectedSpan {
  service: string;
  trace: string;
  span: string;
  parent: string | null;
  name: string;
  kind: number;
  seconds: number;
  attributes: Record<string, Value>;
  events: { name: string; attributes: Record<string, Value> }[];
  links: { trace: string; span: string }[];
  failed: boolean;
}
export interface Collector {
  url: string;
  spans: CollectedSpan[];
  /** Every body as it came. */ raw(): string;
  headers: Record<string, string | string[] | undefined>[];
}

/** What OTLP/JSON says of a value: one member named by its type; 64-bit numbers as text. */
function valueOf(value: any): Value {
  if ('stringValue' in value) return value.stringValue;
  if ('boolValue' in value) return value.boolValue;
  if ('intValue' in value) return Number(value.intValue);
  if ('doubleValue' in value) return value.doubleValue;
  if ('arrayValue' in value) return value.arrayValue.values.map(valueOf);
  throw new Error(`no value of OTLP: ${JSON.stringify(value)}`);
}
const attributesOf = (list: any[] = []): Record<string, Value> => Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));

/** A collector of traces on 127.0.0.1: OTLP over HTTP in JSON, as the specification has it. Anything else is refused. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: Collector['headers'] = [];
  let raw = '';
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json') {
        response.writeHead(415).end();
        return;
      }
      const body = Buffer.concat(parts);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
      raw += text;
      headers.push(request.headers);
      spans.push(...spansOf(JSON.parse(text)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, headers, raw: () => raw };
}

const spansOf = (body: any): CollectedSpan[] =>
  body.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        service: attributesOf(resource.attributes)['service.name'],
        trace: span.traceId,
        span: span.spanId,
        parent: span.parentSpanId || null,
        name: span.name,
        kind: span.kind,
        seconds: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e9,
        attributes: attributesOf(span.attributes),
        events: (span.events ?? []).map((event: any) => ({ name: event.name, attributes: attributesOf(event.attributes) })),
        links: (span.links ?? []).map((link: any) => ({ trace: link.traceId, span: link.spanId })),
        failed: span.status?.code === 2,
      })),
    ),
  );
