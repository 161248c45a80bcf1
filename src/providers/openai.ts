import OpenAI from 'openai';
import { asking, type Heard } from './asking.ts';
import { portableSchema } from './portable-schema.ts';
import type { CompletionRequest, Provider } from './provider.ts';

/** `api_key` null: the server wants none. `base_url` with its `/v1`; default: OpenAI itself. `fetch`: for a proxy or a private certificate. */
export interface OpenAiOptions {
  name: string;
  api_key: string | null;
  base_url?: string;
  fetch?: typeof fetch;
}

const home = 'https://api.openai.com/v1';

/**
 * OpenAI and whatever speaks its Chat Completions. Streams, so that bytes can be counted and a heartbeat hangs on them;
 * the SDK's retries are off, the loop has its own. Structured output is `response_format: json_schema`; a compatible
 * server that refuses it answers 400, which is `invalid`: no fallback is tried.
 */
export function createOpenAi(options: OpenAiOptions): Provider {
  const { name, api_key, base_url = home, fetch: reach = fetch } = options;
  const elsewhere = base_url !== home;
  return {
    name,
    complete: (request, call) =>
      asking(
        { name, secrets: api_key === null ? [] : [api_key], model: request.model, fetch: reach, options: call },
        async (line, heard) => {
          const client = new OpenAI({
            apiKey: api_key ?? 'none',
            baseURL: base_url,
            maxRetries: 0,
            fetch: line.fetch,
            logLevel: 'off',
            // The SDK reads these from the environment: they are OpenAI's own and none of another server's business.
            ...(elsewhere ? { organization: null, project: null } : {}),
          });
          const stream = await client.chat.completions.create(bodyOf(request, elsewhere), { signal: line.signal, headers: line.headers });
          for await (const chunk of stream) hear(chunk, heard);
        },
      ),
  };
}

/** OpenAI's newer models refuse `max_tokens`, most compatible servers know nothing else. */
function bodyOf(request: CompletionRequest, elsewhere: boolean): OpenAI.ChatCompletionCreateParamsStreaming {
  const limit = elsewhere ? { max_tokens: request.max_output_tokens } : { max_completion_tokens: request.max_output_tokens };
  return {
    model: request.model,
    messages: request.messages,
    stream: true,
    stream_options: { include_usage: true },
    ...limit,
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(request.schema === null ? {} : { response_format: formatOf(request.schema) }),
  };
}

function formatOf(wanted: NonNullable<CompletionRequest['schema']>): OpenAI.ResponseFormatJSONSchema {
  const { schema, strict } = portableSchema(wanted.json_schema);
  return { type: 'json_schema', json_schema: { name: wanted.name.replace(/[^\w-]/g, '_').slice(0, 64), schema, strict } };
}

function hear(chunk: OpenAI.ChatCompletionChunk, heard: Heard): void {
  heard.model ??= chunk.model ?? null;
  const choice = chunk.choices?.[0];
  heard.text += choice?.delta?.content ?? '';
  heard.refusal += choice?.delta?.refusal ?? '';
  heard.finish = choice?.finish_reason ?? heard.finish;
  if (!chunk.usage) return;
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = chunk.usage;
  const cached = prompt_tokens_details?.cached_tokens;
  const reasoning = completion_tokens_details?.reasoning_tokens;
  heard.usage = {
    input_tokens: prompt_tokens,
    output_tokens: completion_tokens,
    ...(cached ? { cached_tokens: cached } : {}),
    ...(reasoning ? { reasoning_tokens: reasoning } : {}),
  };
}
