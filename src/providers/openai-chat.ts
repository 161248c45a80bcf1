import type OpenAI from 'openai';
import type { Heard } from './asking.ts';
import type { CompletionRequest, Message } from './provider.ts';
import { dataUrl, isImage } from './parts.ts';
import { schemaName } from './structured.ts';
import { portableSchema } from './portable-schema.ts';

/** OpenAI's newer models refuse `max_tokens`, most compatible servers know nothing else. */
export function bodyOfChat(request: CompletionRequest, elsewhere: boolean): OpenAI.ChatCompletionCreateParamsStreaming {
  const limit = elsewhere ? { max_tokens: request.max_output_tokens } : { max_completion_tokens: request.max_output_tokens };
  return {
    model: request.model,
    messages: request.messages.map(messageOf),
    stream: true,
    stream_options: { include_usage: true },
    ...limit,
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(request.schema === null ? {} : { response_format: formatOf(request.schema) }),
  };
}

function messageOf({ role, content, parts = [] }: Message): OpenAI.ChatCompletionMessageParam {
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

export function hearChat(chunk: OpenAI.ChatCompletionChunk, heard: Heard): void {
  heard.model ??= chunk.model ?? null;
  const choice = chunk.choices?.[0];
  heard.say(wordsOf(choice?.delta?.content));
  heard.refusal += choice?.delta?.refusal ?? '';
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
