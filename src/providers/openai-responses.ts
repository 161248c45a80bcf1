import type OpenAI from 'openai';
import type { Heard } from './asking.ts';
import { StreamFault } from './guarded-fetch.ts';
import { dataUrl, isImage, plainResult } from './parts.ts';
import { portableSchema } from './portable-schema.ts';
import type { CompletionRequest, Message } from './provider.ts';
import { schemaName } from './structured.ts';

type Event = OpenAI.Responses.ResponseStreamEvent;

/** The least that the Responses API takes as a limit. */
const leastTokens = 16;

/** `store: false`: OpenAI keeps answers for 30 days unless it is told not to; our record is here. Obfuscation pads each event with bytes nobody reads. */
export function bodyOfResponse(request: CompletionRequest): OpenAI.Responses.ResponseCreateParamsStreaming {
  return {
    model: request.model,
    input: request.messages.flatMap(messageOf),
    max_output_tokens: Math.max(leastTokens, request.max_output_tokens),
    stream: true,
    stream_options: { include_obfuscation: false },
    store: false,
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(request.schema === null ? {} : { text: { format: formatOf(request.schema) } }),
    ...(request.tools ? toolsOf(request.tools) : {}),
  };
}

function toolsOf({ offers, answers }: NonNullable<CompletionRequest['tools']>): Partial<OpenAI.Responses.ResponseCreateParamsStreaming> {
  return {
    tools: offers.map(({ name, description, json_schema }) => {
      const { schema, strict } = portableSchema(json_schema);
      return { type: 'function', name, description, parameters: schema, strict };
    }),
    tool_choice: answers ? 'none' : 'auto',
  };
}

function messageOf({
  role,
  content,
  parts = [],
  calls,
  results,
}: Message): OpenAI.Responses.ResponseInputItem | OpenAI.Responses.ResponseInputItem[] {
  if (results) return results.map((result) => ({ type: 'function_call_output', call_id: result.id, output: plainResult(result) }));
  if (calls)
    return [
      ...(content === '' ? [] : [{ role, content }]),
      ...calls.map((call) => ({
        type: 'function_call' as const,
        call_id: call.id,
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      })),
    ];
  if (parts.length === 0 || role !== 'user') return { role, content };
  return {
    role,
    content: [
      { type: 'input_text', text: content },
      ...parts.map((part): OpenAI.Responses.ResponseInputContent =>
        isImage(part)
          ? { type: 'input_image', detail: 'auto', image_url: dataUrl(part) }
          : { type: 'input_file', filename: part.name, file_data: dataUrl(part) },
      ),
    ],
  };
}

function formatOf(wanted: NonNullable<CompletionRequest['schema']>): OpenAI.Responses.ResponseFormatTextJSONSchemaConfig {
  const { schema, strict } = portableSchema(wanted.json_schema);
  return { type: 'json_schema', name: schemaName(wanted.name), schema, strict };
}

/** What is said on the way (`commentary`) is no part of the answer; an item that is neither message nor reasoning is a call nobody offered. */
export function responseEar(heard: Heard): (event: Event) => void {
  const aside = new Set<number>();
  let calls = false;
  return (event) => {
    switch (event.type) {
      case 'response.output_item.added':
        if (event.item.type === 'message' && event.item.phase === 'commentary') aside.add(event.output_index);
        calls ||= event.item.type.endsWith('_call');
        if (event.item.type === 'function_call') heard.call(event.output_index, { name: event.item.name });
        return;
      case 'response.output_item.done':
        // Some servers tell the arguments only here.
        if (event.item.type === 'function_call' && heard.calls.get(event.output_index)?.arguments === '')
          heard.call(event.output_index, { piece: event.item.arguments });
        return;
      case 'response.function_call_arguments.delta':
        return heard.call(event.output_index, { piece: event.delta });
      case 'response.output_text.delta':
        if (!aside.has(event.output_index)) heard.say(event.delta);
        return;
      case 'response.refusal.delta':
        heard.refusal += event.delta;
        return;
      case 'response.completed':
        return ended(event.response, calls ? 'tool_calls' : 'stop', heard);
      case 'response.incomplete':
        return ended(event.response, event.response.incomplete_details?.reason ?? 'incomplete', heard);
      case 'response.failed':
        throw new StreamFault('the response failed', event.response.error);
      case 'error':
        throw new StreamFault('an error came inside the stream', { code: event.code, message: event.message });
      default:
    }
  };
}

function ended(response: OpenAI.Responses.Response, finish: string, heard: Heard): void {
  heard.finish = finish;
  heard.model = response.model ?? null;
  if (!response.usage) return;
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = response.usage;
  heard.count({
    input: input_tokens,
    output: output_tokens,
    cached: input_tokens_details?.cached_tokens,
    reasoning: output_tokens_details?.reasoning_tokens,
  });
}
