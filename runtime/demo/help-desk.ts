import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import { TrimtabError, messageOf } from '../../src/errors.ts';
import { openSentFolder, type SentFolder } from './sent-folder.ts';

const OutgoingReply = z.strictObject({
  to: z.string().min(1).max(320),
  subject: z.string().max(500).optional(),
  text: z.string().min(1),
  ticket_id: z.string().min(1).max(200),
});
export type OutgoingReply = z.infer<typeof OutgoingReply>;

/** `folder`: where sent replies are kept. `secret`: when set, a reply without its Standard Webhooks signature is refused. */
export interface HelpDeskOptions {
  folder: string;
  port?: number;
  secret?: string;
}
export interface HelpDesk {
  url: string;
  stop(): Promise<void>;
}

const maxBytes = 1_000_000;

/**
 * The demo's help desk: `POST /replies` with an `Idempotency-Key` keeps one file a key, `GET /replies` lists them.
 * The same key again gets the first answer and leaves nothing new. Loopback only. Throws `setup` when the port is taken.
 */
export async function startHelpDesk(options: HelpDeskOptions): Promise<HelpDesk> {
  const sent = await openSentFolder(options.folder);
  const server = createServer((request, response) => {
    answer(request, { sent, secret: options.secret }).then(
      (body) => send(response, 200, body),
      (error: unknown) => refuse(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new TrimtabError('setup', `the demo help desk cannot listen on port ${options.port ?? 0}: ${messageOf(error)}`, { cause: error }),
      ),
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

async function answer(request: IncomingMessage, desk: { sent: SentFolder; secret: string | undefined }): Promise<unknown> {
  const path = new URL(request.url ?? '/', 'http://desk').pathname;
  if (path !== '/replies') throw new TrimtabError('not_found', `the help desk has no ${path}`);
  if (request.method === 'GET') return { data: await desk.sent.list() };
  if (request.method !== 'POST') throw new TrimtabError('bad_request', `the help desk takes GET and POST on ${path}`);
  const raw = await bodyOf(request);
  if (desk.secret !== undefined) verify(raw, { headers: request.headers, secret: desk.secret });
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '' || key.length > 500)
    throw new TrimtabError('bad_request', 'a reply needs an Idempotency-Key header of 1 to 500 characters');
  return desk.sent.keep(key, parse(raw));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TrimtabError('too_large', `a reply may have ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function verify(raw: string, options: { headers: IncomingMessage['headers']; secret: string }): void {
  try {
    new Webhook(options.secret).verify(raw, options.headers as Record<string, string>);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    throw new TrimtabError('unauthorized', `the signature of the reply does not fit: ${error.message}`);
  }
}

function parse(raw: string): OutgoingReply {
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch (error) {
    throw new TrimtabError('bad_request', 'the reply is not JSON', { cause: error });
  }
  const parsed = OutgoingReply.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message }));
  throw new TrimtabError('invalid_input', `the reply does not fit: ${errors.map((one) => `${one.pointer} ${one.detail}`).join('; ')}`, {
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
