import Anthropic from '@anthropic-ai/sdk';
import { asking, type Heard } from './asking.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { portableSchema } from './portable-schema.ts';
import { isImage } from './parts.ts';
import type { CompletionRequest, Message, Provider, ProviderOptions } from './provider.ts';
import { inItsOwnWay, schemaName } from './structured.ts';

/**
 * Claude through the Messages API. Streams; the SDK's retries are off, the loop has its own. Structured output is
 * `output_config.format`; models from before it are made to call one tool whose input is the answer.
 */
export function createAnthropic(options: ProviderOptions): Provider {
  const { name, api_key, base_url = 'https://api.anthropic.com', fetch: reach = fetch } = options;
  const client = new Anthropic({ apiKey: api_key ?? 'none', baseURL: base_url, maxRetries: 0, fetch: guardedFetch, logLevel: 'off' });
  const wordsOnly = new Set<string>();
  return {
    name,
    complete: (request, call) =>
      inItsOwnWay(request, wordsOnly, (wanted) =>
        asking({ name, secrets: api_key === null ? [] : [api_key], request: wanted, fetch: reach, options: call }, async (line, heard) => {
          const stream = await client.messages.create(bodyOfMessages(wanted), line);
          const answer = answerToolOf(wanted);
          const seen: Seen = { input: 0, cached: 0, output: 0, reasoning: 0, stopped: false, answer, answers: new Set() };
          for await (const event of stream) hear(event, heard, seen);
          // `message_delta` names the reason, `message_stop` seals it: without the seal the answer is half.
          if (!seen.stopped) heard.finish = null;
        }),
      ),
  };
}

/** Models that came before structured output. */
const older = /^claude-(instant|2|3|(opus|sonnet)-4(-0|-2025\d{4}|$))/;

export function bodyOfMessages(request: CompletionRequest): Anthropic.MessageCreateParamsStreaming {
  const system = request.messages
    .filter((message) => message.role === 'system')
    .map((message) => message.content)
    .join('\n\n');
  const messages = request.messages.flatMap((message) => (message.role === 'system' ? [] : [messageOf(message, message.role)]));
  return {
    model: request.model,
    messages,
    max_tokens: request.max_output_tokens,
    stream: true,
    ...(system === '' ? {} : { system }),
    ...(request.temperature === null ? {} : { temperature: Math.min(request.temperature, 1) }),
    ...formOf(request),
  };
}

/** Claude reads what stands before the question best. */
function messageOf({ content, parts = [], calls, results }: Message, role: 'user' | 'assistant'): Anthropic.MessageParam {
  if (results)
    return {
      role,
      content: results.map(({ id, content: told, is_error }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: told,
        ...(is_error ? { is_error } : {}),
      })),
    };
  if (calls)
    return {
      role,
      content: [
        ...(content.trim() === '' ? [] : [{ type: 'text' as const, text: content }]),
        ...calls.map((call) => ({ type: 'tool_use' as const, id: call.id, name: call.name, input: call.arguments })),
      ],
    };
  if (parts.length === 0 || role !== 'user') return { role, content };
  return {
    role,
    content: [
      ...parts.map((part): Anthropic.ContentBlockParam =>
        isImage(part)
          ? {
              type: 'image',
              source: { type: 'base64', media_type: part.media_type as Anthropic.Base64ImageSource['media_type'], data: part.data },
            }
          : { type: 'document', title: part.name, source: { type: 'base64', media_type: 'application/pdf', data: part.data } },
      ),
      { type: 'text', text: content },
    ],
  };
}

type Form = Partial<Anthropic.MessageCreateParamsStreaming>;

/** How the answer is to look, and what may be asked for before it. */
function formOf(request: CompletionRequest): Form {
  const { schema, tools } = request;
  const answer = answerToolOf(request);
  const offers = tools?.offers.map(({ name, description, json_schema }) => toolOf(name, description, json_schema)) ?? [];
  const form: Form =
    schema === null || answer !== null
      ? {}
      : { output_config: { format: { type: 'json_schema', schema: portableSchema(schema.json_schema).schema } } };
  if (answer === null || schema === null)
    return tools ? { ...form, tools: offers, tool_choice: { type: tools.answers ? 'none' : 'auto' } } : form;
  const asked = { tools: [...offers, toolOf(answer, 'Give the answer in this form.', schema.json_schema)] };
  // Of tools beside it, it must take one or answer: a text is no answer here.
  if (tools && !tools.answers) return { ...asked, tool_choice: { type: 'any' } };
  return { ...asked, tool_choice: { type: 'tool', name: answer, disable_parallel_tool_use: true } };
}

const toolOf = (name: string, description: string, json_schema: Record<string, unknown>): Anthropic.Tool => ({
  name,
  description,
  input_schema: portableSchema(json_schema).schema as Anthropic.Tool.InputSchema,
});

/** The tool whose input is the answer, for a model that knows no other way. Null: it does, or nothing is asked in a form. */
function answerToolOf({ model, schema, tools }: CompletionRequest): string | null {
  if (schema === null || !older.test(model)) return null;
  const name = schemaName(schema.name);
  return tools?.offers.some((offer) => offer.name === name) ? `${name.slice(0, 57)}_answer` : name;
}

interface Seen {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  stopped: boolean;
  /** The tool whose input is the answer, and the blocks in which it is called. */
  answer: string | null;
  answers: Set<number>;
}

function hear(event: Anthropic.RawMessageStreamEvent, heard: Heard, seen: Seen): void {
  if (event.type === 'message_start') {
    heard.model = event.message.model;
    count(event.message.usage, heard, seen);
  } else if (event.type === 'content_block_start') {
    if (event.content_block.type !== 'tool_use') return;
    if (event.content_block.name === seen.answer) {
      seen.answers.add(event.index);
      heard.text = '';
    } else heard.call(event.index, { name: event.content_block.name });
  } else if (event.type === 'content_block_delta') {
    if (event.delta.type === 'text_delta' && seen.answers.size === 0) heard.say(event.delta.text);
    if (event.delta.type === 'input_json_delta') hearInput(event.index, event.delta.partial_json, { heard, seen });
  } else if (event.type === 'message_delta') {
    heard.finish = event.delta.stop_reason;
    count(event.usage, heard, seen);
  } else if (event.type === 'message_stop') {
    seen.stopped = true;
  }
}

function hearInput(block: number, piece: string, { heard, seen }: { heard: Heard; seen: Seen }): void {
  if (seen.answers.has(block)) heard.say(piece);
  else heard.call(block, { piece });
}

/** Anthropic counts cached input apart; here it is part of the input. Counts are totals so far: the last one holds. */
function count(usage: Anthropic.Usage | Anthropic.MessageDeltaUsage | undefined, heard: Heard, seen: Seen): void {
  if (!usage) return;
  if (usage.input_tokens !== null && usage.input_tokens !== undefined) {
    seen.cached = usage.cache_read_input_tokens ?? 0;
    seen.input = usage.input_tokens + seen.cached + (usage.cache_creation_input_tokens ?? 0);
  }
  seen.output = usage.output_tokens ?? seen.output;
  seen.reasoning = usage.output_tokens_details?.thinking_tokens ?? seen.reasoning;
  heard.count(seen);
}
