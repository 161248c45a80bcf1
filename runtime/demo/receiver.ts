import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { z } from 'zod';
import { TrimtabError, messageOf } from '../../src/errors.ts';
import { openKeptFolder, type Kept, type KeptFolder } from './kept-folder.ts';

/**
 * What a demo service of the outside world takes: `path` and the `schema` of what is posted there, `name` and `noun` for words
 * about it, `prefix` of the ids it gives, and what it answers of what it kept.
 */
export interface ReceiverKind<T extends object> {
  name: string;
  noun: string;
  path: string;
  prefix: string;
  schema: z.ZodType<T>;
  answer(kept: Kept<T>): unknown;
}
/** `folder`: where what came is kept. `secret`: when set, a request without its Standard Webhooks signature is refused. */
export interface ReceiverOptions {
  folder: string;
  port?: number;
  secret?: string;
}
export interface Receiver {
  url: string;
  stop(): Promise<void>;
}

const maxBytes = 1_000_000;

/**
 * A demo service on loopback: a POST with an `Idempotency-Key` keeps one file a key, a GET lists them. The same key again gets
 * the first answer and leaves nothing new. Throws `setup` when the port is taken.
 */
export async function startReceiver<T extends object>(kind: ReceiverKind<T>, options: ReceiverOptions): Promise<Receiver> {
  const kept = await openKeptFolder<T>(options.folder, kind.prefix);
  const server = createServer((request, response) => {
    answer(request, { kind, kept, secret: options.secret }).then(
      (body) => send(response, 200, body),
      (error: unknown) => refuse(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new TrimtabError('setup', `${kind.name} cannot listen on port ${options.port ?? 0}: ${messageOf(error)}`, { cause: error })),
    );
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Open<T extends object> {
  kind: ReceiverKind<T>;
  kept: KeptFolder<T>;
  secret: string | undefined;
}

async function answer<T extends object>(request: IncomingMessage, { kind, kept, secret }: Open<T>): Promise<unknown> {
  const { name, noun, path } = kind;
  const asked = new URL(request.url ?? '/', 'http://receiver').pathname;
  if (asked !== path) throw new TrimtabError('not_found', `${name} has no ${asked}`);
  if (request.method === 'GET') return { data: await kept.list() };
  if (request.method !== 'POST') throw new TrimtabError('bad_request', `${name} takes GET and POST on ${path}`);
  const raw = await bodyOf(request, noun);
  if (secret !== undefined) verify(raw, { headers: request.headers, secret, noun });
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '' || key.length > 500)
    throw new TrimtabError('bad_request', `a ${noun} needs an Idempotency-Key header of 1 to 500 characters`);
  return kind.answer(await kept.keep(key, parse(raw, kind)));
}

async function bodyOf(request: IncomingMessage, noun: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TrimtabError('too_large', `a ${noun} may have ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function verify(raw: string, options: { headers: IncomingMessage['headers']; secret: string; noun: string }): void {
  try {
    new Webhook(options.secret).verify(raw, options.headers as Record<string, string>);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    throw new TrimtabError('unauthorized', `the signature of the ${options.noun} does not fit: ${error.message}`);
  }
}

function parse<T extends object>(raw: string, { schema, noun }: ReceiverKind<T>): T {
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch (error) {
    throw new TrimtabError('bad_request', `the ${noun} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message }));
  throw new TrimtabError('invalid_input', `the ${noun} does not fit: ${errors.map((one) => `${one.pointer} ${one.detail}`).join('; ')}`, {
    errors,
  });
}

const statusOf: Partial<Record<string, number>> = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  too_large: 413,
  invalid_input: 422,
};

function refuse(response: ServerResponse, error: unknown): void {
  const code = error instanceof TrimtabError ? error.code : 'internal';
  const status = statusOf[code] ?? 500;
  if (status === 413) response.setHeader('connection', 'close');
  send(response, status, { code, detail: messageOf(error) });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
