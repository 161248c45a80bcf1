import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { readResponses, responsesWire } from './provider-wire-responses.ts';
import { anthropicWire, openAiWire, readAnthropic, readOpenAi, type Asked, type Wire } from './provider-wire.ts';

/** A wire format: OpenAI's Chat Completions, OpenAI's Responses, Anthropic's Messages. */
export type Dialect = 'chat' | 'responses' | 'messages';

/** One call as the server saw it. `n` counts from 1. `closed` settles when its socket has closed, `answered` tells whether the answer went out whole. */
export interface ProviderCall extends Asked {
  n: number;
  provider: 'openai' | 'anthropic';
  dialect: Dialect;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  closed: Promise<void>;
  answered: boolean;
}

/** What to say to one call. Without a failure it is a whole answer of `text` in the wire format that was asked in, streamed where the call asks for that. */
export interface Scripted {
  text?: string;
  /** `stop` (default; with calls what says so), `length`, `filter`, or a reason in the provider's own words; null: the stream ends without one. */
  finish?: string | null;
  refusal?: string;
  /** Calls of tools after the text. `arguments`: a string goes as it is, anything else as JSON. */
  calls?: readonly { name: string; arguments: unknown; id?: string }[];
  /** Default 100 in, 20 out; null: none is told. */
  usage?: { input_tokens: number; output_tokens: number; cached_tokens?: number; reasoning_tokens?: number } | null;
  /** An answer that is no stream: any status, headers and body (an object goes as JSON). */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** These bytes as the body of the stream. */
  raw?: string;
  /** The socket is destroyed after so many bytes of the stream; 0: before the headers. */
  cut_after_bytes?: number;
  /** After half of the text, an error inside the stream. */
  error_event?: { type: string; message: string; code?: string };
  /** A pause in ms before each event of the stream. */
  delay_ms?: number;
  /** The answer starts when this settles. */
  hold?: Promise<unknown>;
  /** Half of the answer is sent, the rest when this settles. */
  hold_midway?: Promise<unknown>;
  /** The text is sent over and over, `delay_ms` apart, until the client hangs up. */
  endless?: boolean;
}

export type ProviderScript = ((call: ProviderCall) => Scripted | Promise<Scripted>) | readonly Scripted[];

export interface ProviderServer {
  /** Base URL for Anthropic's SDK. */
  url: string;
  /** Base URL for OpenAI's SDK. */
  openai_url: string;
  calls: ProviderCall[];
  /** Settles with the n-th call (from 1) when it has come in. */
  arrived(n: number): Promise<ProviderCall>;
  stop(): Promise<void>;
}

/** A provider on 127.0.0.1 that speaks OpenAI's chat completions and responses and Anthropic's messages, streamed or whole, and says what the script says. A list's last entry repeats. */
export async function startProviderServer(script: ProviderScript): Promise<ProviderServer> {
  const calls: ProviderCall[] = [];
  const waiting: { n: number; tell: (call: ProviderCall) => void }[] = [];
  const say = typeof script === 'function' ? script : (call: ProviderCall): Scripted => script[Math.min(call.n, script.length) - 1] ?? {};
  const server = createServer((request, response) => {
    void receive(request, response).catch(() => response.destroy());
  });
  // Longer than any client keeps a socket: one that is closed while it is used again fails a call at random.
  server.keepAliveTimeout = 120_000;
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wire = wireOf(request.url ?? '');
    const body = await readBody(request);
    if (wire === null || body === null) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such route"}}');
      return;
    }
    const closed = new Promise<void>((tell) => {
      response.once('close', () => tell());
    });
    const call: ProviderCall = {
      ...wire.read(body),
      n: calls.length + 1,
      provider: wire.dialect === 'messages' ? 'anthropic' : 'openai',
      dialect: wire.dialect,
      headers: request.headers,
      body,
      closed,
      answered: false,
    };
    calls.push(call);
    for (const one of waiting.filter(({ n }) => n === call.n)) one.tell(call);
    await answer(await say(call), { call, wire: wire.wire, response });
  }
  await new Promise<void>((tell) => {
    server.listen(0, '127.0.0.1', tell);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    openai_url: `${url}/v1`,
    calls,
    arrived: (n) =>
      new Promise((tell) => {
        const there = calls[n - 1];
        if (there) tell(there);
        else waiting.push({ n, tell });
      }),
    stop: () =>
      new Promise((tell) => {
        server.close(() => tell());
        server.closeAllConnections();
      }),
  };
}

interface Route {
  dialect: Dialect;
  wire: Wire;
  read: (body: Record<string, unknown>) => Asked;
}
/** By path. A new wire format is one line here and its two functions. */
const routes: Readonly<Record<string, Route>> = {
  '/v1/chat/completions': { dialect: 'chat', wire: openAiWire, read: readOpenAi },
  '/v1/responses': { dialect: 'responses', wire: responsesWire, read: readResponses },
  '/v1/messages': { dialect: 'messages', wire: anthropicWire, read: readAnthropic },
};
const wireOf = (path: string): Route | null => routes[path.split('?')[0] ?? ''] ?? null;

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

async function answer(said: Scripted, to: { call: ProviderCall; wire: Wire; response: ServerResponse }): Promise<void> {
  const { call, wire, response } = to;
  await Promise.race([said.hold, said.hold && call.closed]);
  if (said.cut_after_bytes === 0) {
    response.destroy();
    return;
  }
  if (said.status !== undefined || said.body !== undefined) {
    const json = typeof said.body !== 'string';
    response.writeHead(said.status ?? 200, { 'content-type': json ? 'application/json' : 'text/html', ...said.headers });
    response.end(json ? JSON.stringify(said.body ?? {}) : said.body);
    call.answered = true;
    return;
  }
  if (call.body['stream'] !== true) {
    response.writeHead(200, { 'content-type': 'application/json', ...said.headers });
    await send([JSON.stringify(wire.whole(said, call.model))], said, to);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', ...said.headers });
  if (said.endless) {
    await flood(wire.text(said.text ?? 'and so on '), said.delay_ms, to);
    return;
  }
  const events = said.raw === undefined ? wire.stream(said, call.model) : [said.raw];
  await send(events, said, to);
}

async function send(events: string[], said: Scripted, to: { call: ProviderCall; response: ServerResponse }): Promise<void> {
  const { call, response } = to;
  let left = said.cut_after_bytes ?? Infinity;
  for (const [index, event] of events.entries()) {
    if (said.hold_midway && index === Math.floor(events.length / 2)) await Promise.race([said.hold_midway, call.closed]);
    if (said.delay_ms !== undefined) await later(said.delay_ms);
    if (response.destroyed) return;
    const bytes = Buffer.from(event).subarray(0, left);
    await new Promise((sent) => {
      response.write(bytes, sent);
    });
    left -= bytes.byteLength;
    if (left > 0) continue;
    response.destroy();
    return;
  }
  call.answered = true;
  response.end();
}

async function flood(event: string, delay_ms: number | undefined, to: { call: ProviderCall; response: ServerResponse }): Promise<void> {
  while (!to.response.destroyed) {
    if (delay_ms !== undefined) await later(delay_ms);
    if (!to.response.write(event))
      await Promise.race([
        to.call.closed,
        new Promise((drained) => {
          to.response.once('drain', drained);
        }),
      ]);
  }
}
