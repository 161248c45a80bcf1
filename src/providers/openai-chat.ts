import type OpenAI from 'openai';
import type { Heard } from './asking.ts';
import type { CompletionRequest, Message } from './provider.ts';
import { dataUrl, isImage, plainResult } from './parts.ts';
import { schemaName } from './structured.ts';
import { portableSchema } from './portable-schema.ts';

/** OpenAI's newer models refuse `max_tokens`, most compatible servers know nothing else. */
export function bodyOfChat(request: CompletionRequest, elsewhere: boolean): OpenAI.ChatCompletionCreateParamsStreaming {
  const limit = elsewhere ? { max_tokens: request.max_output_tokens } : { max_completion_tokens: request.max_output_tokens };
  return {
    model: request.model,
    messages: request.messages.flatMap(messageOf),
    stream: true,
    stream_options: { include_usage: true },
    ...limit,
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(request.schema === null ? {} : { response_format: formatOf(request.schema) }),
    ...(request.tools ? toolsOf(request.tools, elsewhere) : {}),
  };
}

/** `strict` is OpenAI's own: other servers may refuse a word they do not know. */
function toolsOf(
  { offers, answers }: NonNullable<CompletionRequest['tools']>,
  elsewhere: boolean,
): Partial<OpenAI.ChatCompletionCreateParamsStreaming> {
  return {
    tools: offers.map(({ name, description, json_schema }) => {
      const { schema, strict } = portableSchema(json_schema);
      return { type: 'function', function: { name, description, parameters: schema, ...(elsewhere ? {} : { strict }) } };
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
}: Message): OpenAI.ChatCompletionMessageParam | OpenAI.ChatCompletionMessageParam[] {
  if (results) return results.map((result) => ({ role: 'tool', tool_call_id: result.id, content: plainResult(result) }));
  if (calls)
    return {
      role: 'assistant',
      content: content === '' ? null : content,
      tool_calls: calls.map((call) => ({
        type: 'function',
        id: call.id,
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    };
  if (parts.length === 0 || role !== 'user') return { role, content };
  return {
    role,
    content: [
      { type: 'text', text: content },
      ...parts.map((part): OpenAI.ChatCompletionContentPart =>
        isImage(part)
          ? { type: 'image_url', image_url: { url: dataUrl(part) } }
          : { type: 'file', file: { filename: part.name, file_data: dataUrl(part) } },
      ),
    ],
  };
}

function formatOf(wanted: NonNullable<CompletionRequest['schema']>): OpenAI.ResponseFormatJSONSchema {
  const { schema, strict } = portableSchema(wanted.json_schema);
  return { type: 'json_schema', json_schema: { name: schemaName(wanted.name), schema, strict } };
}

/** Some servers stream content as parts, reasoning beside text: the text is the answer, anything else is none. */
function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (part as { type?: unknown; text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('');
}

/** Which call of a stream a piece belongs to: its place among them all, by the key under which the server tells it. */
export interface ChatCalls {
  count: number;
  open: Map<number, { place: number; id: string | undefined }>;
}

/** Pieces of a call belong together by `index`. Servers that give none, or 0 to all, begin the next call with a name and another id. */
function hearCalls(pieces: readonly OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall[], heard: Heard, calls: ChatCalls): void {
  for (const { index, id, function: said } of pieces) {
    const key = index ?? -1;
    let at = calls.open.get(key);
    const next = Boolean(said?.name) && (index === undefined || (Boolean(id) && id !== at?.id));
    if (at === undefined || next) {
      at = { place: calls.count, id };
      calls.count += 1;
      calls.open.set(key, at);
    }
    heard.call(at.place, { name: said?.name, piece: said?.arguments });
  }
}

export function hearChat(chunk: OpenAI.ChatCompletionChunk, heard: Heard, calls: ChatCalls): void {
  heard.model ??= chunk.model ?? null;
  const choice = chunk.choices?.[0];
  heard.say(wordsOf(choice?.delta?.content));
  heard.refusal += choice?.delta?.refusal ?? '';
  hearCalls(choice?.delta?.tool_calls ?? [], heard, calls);
  heard.finish = choice?.finish_reason ?? heard.finish;
  if (!chunk.usage) return;
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = chunk.usage;
  heard.count({
    input: prompt_tokens,
    output: completion_tokens,
    cached: prompt_tokens_details?.cached_tokens,
    reasoning: completion_tokens_details?.reasoning_tokens,
  });
}
