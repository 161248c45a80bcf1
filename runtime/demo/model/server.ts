import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import { answerOf, tokensOf, type Answer, type FaultPlan, type Question } from './answer.ts';
import type { PlantedFault } from './faults.ts';
import { demoModels } from './models.ts';

export interface DemoModelOptions {
  /** Default: a free one. */
  port?: number;
  /** Whether faults are planted by hash; default true. `plan` is asked first. */
  faults?: boolean;
  /** Share of the writer's answers with a fault; default 0.15. */
  fault_rate?: number;
  plan?: FaultPlan;
  /** Which faults are drawn: another one draws others. */
  seed?: string;
  /** Spread over the pieces of an answer; default 0. */
  latency_ms?: number;
  /** Told of every planted fault before the answer goes out. */
  log: (fault: PlantedFault) => void;
  now?: () => Date;
}

const longestBody = 8 * 1024 * 1024;
const Chat = z.object({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.string(), content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]).nullish() }))
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  response_format: z.object({ json_schema: z.object({ schema: z.record(z.string(), z.unknown()).optional() }).optional() }).nullish(),
});
type Chat = z.infer<typeof Chat>;

/**
 * The demo model on 127.0.0.1, in OpenAI's wire format: `POST /v1/chat/completions` (streamed or not), `GET /v1/models`.
 * It holds no model: see answer.ts. `base_url` ends in `/v1`.
 */
export async function startDemoModel(options: DemoModelOptions): Promise<{ base_url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void route(request, response, options).catch(() =>
      response.headersSent ? response.destroy() : refuse(response, 500, { message: 'the demo model failed' }),
    );
  });
  await new Promise<void>((tell, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', tell);
  });
  return {
    base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stop: () =>
      new Promise((tell) => {
        server.close(() => tell());
        server.closeAllConnections();
      }),
  };
}

async function route(request: IncomingMessage, response: ServerResponse, options: DemoModelOptions): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (request.method === 'GET' && path === '/v1/models') {
    json(response, 200, {
      object: 'list',
      data: Object.values(demoModels).map(({ model }) => ({ id: model, object: 'model', created: 0, owned_by: 'demo' })),
    });
  } else if (request.method === 'POST' && path === '/v1/chat/completions') {
    await chat(request, response, options);
  } else {
    refuse(response, 404, { message: `no route ${request.method} ${path}` });
  }
}

async function chat(request: IncomingMessage, response: ServerResponse, options: DemoModelOptions): Promise<void> {
  const text = await bodyOf(request);
  if (text === null) return refuse(response, 413, { message: `the prompt is longer than ${longestBody} bytes` });
  const body = parse(text);
  if (typeof body === 'string') return refuse(response, 400, { message: body });
  if (!body.model.startsWith('demo-'))
    return refuse(response, 404, {
      message: `The model \`${body.model}\` does not exist; the demo model's names start with demo-`,
      code: 'model_not_found',
    });
  const question: Question = {
    model: body.model,
    max_tokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    schema: body.response_format?.json_schema?.schema ?? null,
    messages: body.messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join(''),
    })),
  };
  const { faults = true, fault_rate = 0.15, plan } = options;
  const call = callOf(request);
  const answer = answerOf(question, { faults, fault_rate, plan, seed: seedOf(call, options.seed) });
  if (answer.fault) {
    const { kind, text: said, before, after } = answer.fault;
    options.log({
      call_id: call,
      role: answer.role,
      model: body.model,
      kind,
      prompt_hash: answer.prompt_hash,
      text: said,
      before,
      after,
      at: (options.now?.() ?? new Date()).toISOString(),
    });
  }
  const usage = usageOf(question, answer);
  if (body.stream) await stream(response, answer, { body, usage, latency_ms: options.latency_ms ?? 0 });
  else json(response, 200, wholeAnswer(answer, { body, usage }));
}

/** Which call of which run asks: run, step, occurrence, attempt and call, as trimtab's providers say it. */
function callOf(request: IncomingMessage): string | null {
  const call = request.headers['x-trimtab-call'];
  return typeof call === 'string' ? decodeURI(call) : null;
}

/** Another attempt is another draw, as with a model that is asked again: without that a false alarm would meet the same words for ever. */
const seedOf = (call: string | null, seed: string | undefined): string | undefined => {
  const attempt = call?.split('/')[3];
  return attempt === undefined && seed === undefined ? undefined : `${seed ?? ''}/${attempt ?? ''}`;
};

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).byteLength;
    if (bytes <= longestBody) parts.push(part as Buffer);
  }
  return bytes > longestBody ? null : Buffer.concat(parts).toString('utf8');
}

function parse(text: string): Chat | string {
  try {
    const parsed = Chat.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : z.prettifyError(parsed.error);
  } catch {
    return 'the body is not JSON';
  }
}

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

function usageOf(question: Question, answer: Answer): Usage {
  const prompt_tokens = question.messages.reduce((sum, message) => sum + tokensOf(message.content) + 4, 3);
  const completion_tokens = tokensOf(answer.content + (answer.refusal ?? ''));
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

const idOf = (answer: Answer): string => `chatcmpl-${answer.prompt_hash.slice(0, 24)}`;

function wholeAnswer(answer: Answer, { body, usage }: { body: Chat; usage: Usage }): object {
  const message = { role: 'assistant', content: answer.refusal === null ? answer.content : null, refusal: answer.refusal };
  return {
    id: idOf(answer),
    object: 'chat.completion',
    created: 0,
    model: body.model,
    choices: [{ index: 0, message, finish_reason: answer.finish, logprobs: null }],
    usage,
  };
}

/** Word by word, a few to a piece: like a model, in a few milliseconds. */
async function stream(
  response: ServerResponse,
  answer: Answer,
  { body, usage, latency_ms }: { body: Chat; usage: Usage; latency_ms: number },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (part: object): boolean =>
    response.write(
      `data: ${JSON.stringify({ id: idOf(answer), object: 'chat.completion.chunk', created: 0, model: body.model, ...part })}\n\n`,
    );
  const delta = (content: object, finish_reason: string | null = null): boolean =>
    send({ choices: [{ index: 0, delta: content, finish_reason, logprobs: null }] });
  delta({ role: 'assistant', content: '' });
  const pieces = (answer.refusal ?? answer.content).match(/(?:\s*\S+){1,3}\s*/g) ?? [];
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (latency_ms > 0) await later(latency_ms / pieces.length);
    delta(answer.refusal === null ? { content: piece } : { refusal: piece });
  }
  delta({}, answer.finish);
  if (body.stream_options?.include_usage) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, error: { message: string; code?: string }): void {
  json(response, status, {
    error: {
      message: error.message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: error.code ?? null,
    },
  });
}
