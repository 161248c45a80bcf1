import type { Scripted } from './provider-server.ts';

/** A request in words that both wire formats share. `schema` is the JSON schema that the answer must fit. */
export interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  schema: Record<string, unknown> | null;
}

/** How one wire format is streamed. */
export interface Wire {
  stream(said: Scripted, model: string): string[];
  text(piece: string): string;
}

export type Json = Record<string, unknown>;
export const usual: NonNullable<Scripted['usage']> = { input_tokens: 100, output_tokens: 20 };
export const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];
export const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** A message with its text as one string, whether it came with other parts or not. */
const spoken = ({ role, content }: Json): Asked['messages'][number] => ({
  role: String(role),
  content:
    typeof content === 'string'
      ? content
      : (content as Json[]).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join(''),
});

export function readOpenAi(body: Json): Asked {
  const schema = object(object(body['response_format'])['json_schema'])['schema'];
  return { model: String(body['model']), messages: (body['messages'] as Json[]).map(spoken), schema: schema ? object(schema) : null };
}

export function readAnthropic(body: Json): Asked {
  const tool = object((body['tools'] as unknown[] | undefined)?.[0])['input_schema'];
  const schema = object(object(body['output_config'])['format'])['schema'] ?? tool;
  const system = typeof body['system'] === 'string' ? [{ role: 'system', content: body['system'] }] : [];
  return {
    model: String(body['model']),
    messages: [...system, ...(body['messages'] as Json[]).map(spoken)],
    schema: schema ? object(schema) : null,
  };
}

/** The half of the list before an error event. */
export const cutByError = (events: string[], said: Scripted, event: (error: NonNullable<Scripted['error_event']>) => string): string[] =>
  said.error_event ? [...events.slice(0, Math.ceil(events.length / 2)), event(said.error_event)] : events;

const openAiEvent = (part: Json): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, ...part })}\n\n`;
const openAiDelta = (delta: Json, finish: string | null = null): Json => ({
  choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
});

export const openAiWire: Wire = {
  text: (piece) => openAiEvent(openAiDelta({ content: piece })),
  stream(said, model) {
    const event = (part: Json): string => openAiEvent({ model, ...part });
    const finish = said.finish === undefined ? 'stop' : said.finish === 'filter' ? 'content_filter' : said.finish;
    const usage = said.usage === undefined ? usual : said.usage;
    const events = [
      event(openAiDelta({ role: 'assistant', content: '' })),
      ...pieces(said.text ?? '').map((content) => event(openAiDelta({ content }))),
      ...pieces(said.refusal ?? '').map((refusal) => event(openAiDelta({ refusal }))),
      ...(finish === null ? [] : [event(openAiDelta({}, finish))]),
      ...(usage === null
        ? []
        : [
            event({
              choices: [],
              usage: {
                prompt_tokens: usage.input_tokens,
                completion_tokens: usage.output_tokens,
                total_tokens: usage.input_tokens + usage.output_tokens,
                prompt_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
                completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
              },
            }),
          ]),
      ...(finish === null ? [] : ['data: [DONE]\n\n']),
    ];
    return cutByError(events, said, (error) => `data: ${JSON.stringify({ error })}\n\n`);
  },
};

const claudeEvent = (type: string, part: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...part })}\n\n`;
const claudeFinish: Record<string, string> = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' };

export const anthropicWire: Wire = {
  text: (piece) => claudeEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
  stream(said, model) {
    const wanted = said.finish === undefined ? (said.refusal === undefined ? 'stop' : 'refusal') : said.finish;
    const usage = said.usage === undefined ? usual : said.usage;
    const cached = usage?.cached_tokens ?? 0;
    const input =
      usage === null ? {} : { input_tokens: usage.input_tokens - cached, cache_read_input_tokens: cached, cache_creation_input_tokens: 0 };
    const start = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
    const events = [
      claudeEvent('message_start', { message: { ...start, ...(usage === null ? {} : { usage: { ...input, output_tokens: 1 } }) } }),
      claudeEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      claudeEvent('ping', {}),
      ...pieces(`${said.text ?? ''}${said.refusal ?? ''}`).map((text) =>
        claudeEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      ),
      claudeEvent('content_block_stop', { index: 0 }),
      ...(wanted === null
        ? []
        : [
            claudeEvent('message_delta', {
              delta: { stop_reason: claudeFinish[wanted] ?? wanted, stop_sequence: null },
              ...(usage === null
                ? {}
                : {
                    usage: {
                      output_tokens: usage.output_tokens,
                      ...(usage.reasoning_tokens ? { output_tokens_details: { thinking_tokens: usage.reasoning_tokens } } : {}),
                    },
                  }),
            }),
            claudeEvent('message_stop', {}),
          ]),
    ];
    return cutByError(events, said, (error) => claudeEvent('error', { error }));
  },
};
