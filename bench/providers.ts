/**
 * What our provider layer adds to a call of the SDK: the same scripted server, the same SDK, the same request, with and without us.
 * Latency per call (median, p95) and CPU time per call, at 1 and at 100 streams at a time. The server is a process of its own.
 *
 *   npm run bench:providers [-- CALLS]
 */
import Anthropic from '@anthropic-ai/sdk';
import { fork } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import OpenAI from 'openai';
import { createAnthropic } from '../src/providers/anthropic.ts';
import { createOpenAi } from '../src/providers/openai.ts';
import { bodyOfResponse } from '../src/providers/openai-responses.ts';
import { bodyOfChat } from '../src/providers/openai-chat.ts';
import { bodyOfMessages } from '../src/providers/anthropic.ts';
import type { CompletionRequest } from '../src/providers/provider.ts';

const request: CompletionRequest = {
  model: 'model-1',
  temperature: 0.2,
  max_output_tokens: 900,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What does delivery cost? '.repeat(60) },
  ],
  schema: {
    name: 'reply',
    json_schema: {
      type: 'object',
      properties: { text: { type: 'string', maxLength: 20_000 } },
      required: ['text'],
      additionalProperties: false,
    },
  },
};

type Call = () => Promise<unknown>;
interface Side {
  median: number;
  p95: number;
  cpu: number;
}

async function serving(): Promise<{ url: string; stop(): void }> {
  const child = fork(new URL('provider-bench-server.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const url = await new Promise<string>((tell) => child.once('message', (said) => tell(String(said))));
  return { url, stop: () => child.kill() };
}

/** `calls` calls, `streams` of them at a time; times in ms a call. */
async function play(call: Call, { calls, streams }: { calls: number; streams: number }): Promise<Side> {
  const times: number[] = [];
  let left = calls;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: streams }, async () => {
      while (left-- > 0) {
        const since = performance.now();
        await call();
        times.push(performance.now() - since);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95), cpu: (user + system) / 1_000 / calls };
}

/** In turns, so that what the machine does meanwhile meets both. Times: the median of the rounds; CPU: the round that was disturbed least. */
async function compare(
  sides: { direct: Call; ours: Call },
  size: { calls: number; streams: number },
): Promise<{ direct: Side; ours: Side }> {
  const rounds: Record<'direct' | 'ours', Side[]> = { direct: [], ours: [] };
  for (const round of [0, 1, 2, 3, 4, 5, 6]) {
    for (const side of round % 2 === 0 ? (['direct', 'ours'] as const) : (['ours', 'direct'] as const)) {
      const result = await play(sides[side], size);
      if (round > 0) rounds[side].push(result);
    }
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const of = (side: 'direct' | 'ours'): Side => ({
    median: middle(rounds[side].map(({ median }) => median)),
    p95: middle(rounds[side].map(({ p95 }) => p95)),
    cpu: Math.min(...rounds[side].map(({ cpu }) => cpu)),
  });
  return { direct: of('direct'), ours: of('ours') };
}

async function drain(stream: AsyncIterable<unknown>, text: (event: never) => string): Promise<string> {
  let said = '';
  for await (const event of stream) said += text(event as never);
  return said;
}

function sidesOf(url: string): Record<string, { direct: Call; ours: Call }> {
  const openai = new OpenAI({ apiKey: 'k-1234', baseURL: `${url}/v1`, maxRetries: 0 });
  const claude = new Anthropic({ apiKey: 'k-1234', baseURL: url, maxRetries: 0 });
  const chat = createOpenAi({ name: 'openai', api_key: 'k-1234', base_url: `${url}/v1` });
  const responses = createOpenAi({ name: 'openai', api_key: 'k-1234', base_url: `${url}/v1`, api: 'responses' });
  const messages = createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: url });
  const bodies = { chat: bodyOfChat(request, true), responses: bodyOfResponse(request), messages: bodyOfMessages(request) };
  return {
    'chat completions': {
      direct: async () =>
        drain(
          await openai.chat.completions.create(bodies.chat),
          (chunk: OpenAI.ChatCompletionChunk) => chunk.choices[0]?.delta.content ?? '',
        ),
      ours: () => chat.complete(request, { signal: new AbortController().signal }),
    },
    responses: {
      direct: async () =>
        drain(await openai.responses.create(bodies.responses), (event: OpenAI.Responses.ResponseStreamEvent) =>
          event.type === 'response.output_text.delta' ? event.delta : '',
        ),
      ours: () => responses.complete(request, { signal: new AbortController().signal }),
    },
    messages: {
      direct: async () =>
        drain(await claude.messages.create(bodies.messages), (event: Anthropic.RawMessageStreamEvent) =>
          event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
        ),
      ours: () => messages.complete(request, { signal: new AbortController().signal }),
    },
  };
}

const calls = Number(process.argv[2] ?? 300);
const server = await serving();
const percent = (ours: number, direct: number): string => `${(100 * (ours / direct - 1)).toFixed(1)} %`;
console.log(
  `${calls} calls a round, an answer of about 200 tokens; the SDK alone -> with our layer (added), 6 rounds; load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n`,
);
for (const [wire, sides] of Object.entries(sidesOf(server.url))) {
  for (const streams of [1, 100]) {
    const { direct, ours } = await compare(sides, { calls: streams === 1 ? calls : calls * 2, streams });
    const line = (['median', 'p95', 'cpu'] as const).map(
      (key) =>
        `${key} ${direct[key].toFixed(2)} -> ${ours[key].toFixed(2)} ms (+${(ours[key] - direct[key]).toFixed(2)} ms, ${percent(ours[key], direct[key])})`,
    );
    console.log(`${wire}, ${streams} at a time: ${line.join('; ')}`);
  }
}
server.stop();
