import type { Scripted } from './provider-server.ts';

/** A request in words that both wire formats share. `schema` is the JSON schema that the answer must fit. */
export interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  schema: Record<string, unknown> | null;
  /** The tools that may be called, the one that carries an answer too. `may_call`: whether, and which. */
  tools: { name: string; description: string; schema: Record<string, unknown> }[];
  may_call: string | null;
  /** The calls and the results that stand in the messages, in their order. */
  talk: ({ call: string; name: string; arguments: unknown } | { result: string; content: string; is_error: boolean })[];
}

/** How one wire format is streamed, and how it answers whole where no stream was asked for. */
export interface Wire {
  stream(said: Scripted, model: string): string[];
  whole(said: Scripted, model: string): Json;
  text(piece: string): string;
}

export type Json = Record<string, unknown>;
export const usual: NonNullable<Scripted['usage']> = { input_tokens: 100, output_tokens: 20 };
export const callArguments = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given));
export const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];
export const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** A message with its text as one string, whether it came with other parts or not. */
const spoken = ({ role, content }: Json): Asked['messages'][number] => ({
  role: String(role),
  content:
    typeof content === 'string'
      ? content
      : ((content ?? []) as Json[]).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join(''),
});
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
export const toolsIn = (tools: unknown, parts: (tool: Json) => { name: unknown; description: unknown; schema: unknown }): Asked['tools'] =>
  list(tools).map((tool) => {
    const { name, description, schema } = parts(tool);
    return { name: String(name), description: String(description ?? ''), schema: object(schema) };
  });

export function readOpenAi(body: Json): Asked {
  const schema = object(object(body['response_format'])['json_schema'])['schema'];
  const messages = body['messages'] as Json[];
  return {
    model: String(body['model']),
    messages: messages.map(spoken),
    schema: schema ? object(schema) : null,
    tools: toolsIn(body['tools'], (tool) => {
      const { name, description, parameters } = object(tool['function']);
      return { name, description, schema: parameters };
    }),
    may_call: typeof body['tool_choice'] === 'string' ? body['tool_choice'] : null,
    talk: messages.flatMap((message): Asked['talk'] => {
      if (message['role'] === 'tool')
        return [failedOrNot({ result: String(message['tool_call_id']), content: String(message['content']), is_error: false })];
      return list(message['tool_calls']).map((call) => {
        const said = object(call['function']);
        return { call: String(call['id']), name: String(said['name']), arguments: JSON.parse(String(said['arguments'])) as unknown };
      });
    }),
  };
}

/** OpenAI's formats have no mark for an error: it is in the words. */
export const failedOrNot = (told: { result: string; content: string; is_error: boolean }): typeof told =>
  told.content.startsWith('Error: ') ? { ...told, content: told.content.slice(7), is_error: true } : told;

export function readAnthropic(body: Json): Asked {
  const choice = object(body['tool_choice']);
  const tools = list(body['tools']);
  const tool = tools.at(-1)?.['description'] === 'Give the answer in this form.' ? tools.at(-1)?.['input_schema'] : undefined;
  const schema = object(object(body['output_config'])['format'])['schema'] ?? tool;
  const system = typeof body['system'] === 'string' ? [{ role: 'system', content: body['system'] }] : [];
  return {
    model: String(body['model']),
    messages: [...system, ...(body['messages'] as Json[]).map(spoken)],
    schema: schema ? object(schema) : null,
    tools: toolsIn(tools, ({ name, description, input_schema }) => ({ name, description, schema: input_schema })),
    may_call: typeof choice['name'] === 'string' ? choice['name'] : typeof choice['type'] === 'string' ? choice['type'] : null,
    talk: (body['messages'] as Json[]).flatMap(({ content }) => list(content).flatMap(claudeTalk)),
  };
}

function claudeTalk(part: Json): Asked['talk'] {
  if (part['type'] === 'tool_use') return [{ call: String(part['id']), name: String(part['name']), arguments: part['input'] }];
  if (part['type'] !== 'tool_result') return [];
  return [{ result: String(part['tool_use_id']), content: String(part['content']), is_error: part['is_error'] === true }];
}

/** The half of the list before an error event. */
export const cutByError = (events: string[], said: Scripted, event: (error: NonNullable<Scripted['error_event']>) => string): string[] =>
  said.error_event ? [...events.slice(0, Math.ceil(events.length / 2)), event(said.error_event)] : events;

const openAiEvent = (part: Json): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, ...part })}\n\n`;
const openAiDelta = (delta: Json, finish: string | null = null): Json => ({
  choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
});

const openAiFinish = ({ finish, calls }: Scripted): string | null =>
  finish === undefined ? (calls ? 'tool_calls' : 'stop') : finish === 'filter' ? 'content_filter' : finish;

function openAiUsage({ usage = usual }: Scripted): Json | null {
  if (usage === null) return null;
  return {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    prompt_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
  };
}

function openAiMessage({ text, refusal, calls }: Scripted): Json {
  const asked = calls?.map(({ name, arguments: given, id }, index) => ({
    id: id ?? `call_${index}`,
    type: 'function',
    function: { name, arguments: callArguments(given) },
  }));
  return { role: 'assistant', content: text ?? null, refusal: refusal ?? null, ...(asked ? { tool_calls: asked } : {}) };
}

export const openAiWire: Wire = {
  text: (piece) => openAiEvent(openAiDelta({ content: piece })),
  whole(said, model) {
    const usage = openAiUsage(said);
    const choice = { index: 0, message: openAiMessage(said), finish_reason: openAiFinish(said), logprobs: null };
    return { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model, choices: [choice], ...(usage === null ? {} : { usage }) };
  },
  stream(said, model) {
    const event = (part: Json): string => openAiEvent({ model, ...part });
    const finish = openAiFinish(said);
    const usage = openAiUsage(said);
    const events = [
      event(openAiDelta({ role: 'assistant', content: '' })),
      ...pieces(said.text ?? '').map((content) => event(openAiDelta({ content }))),
      ...pieces(said.refusal ?? '').map((refusal) => event(openAiDelta({ refusal }))),
      ...(said.calls ?? []).flatMap(({ name, arguments: given, id }, index) =>
        [
          { index, id: id ?? `call_${index}`, type: 'function', function: { name, arguments: '' } },
          ...pieces(callArguments(given)).map((piece) => ({ index, function: { arguments: piece } })),
        ].map((call) => event(openAiDelta({ tool_calls: [call] }))),
      ),
      ...(finish === null ? [] : [event(openAiDelta({}, finish))]),
      ...(usage === null ? [] : [event({ choices: [], usage })]),
      ...(finish === null ? [] : ['data: [DONE]\n\n']),
    ];
    return cutByError(events, said, (error) => `data: ${JSON.stringify({ error })}\n\n`);
  },
};

const claudeEvent = (type: string, part: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...part })}\n\n`;
const claudeFinish: Record<string, string> = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal', tool_calls: 'tool_use' };

const claudeReason = ({ finish, calls, refusal }: Scripted): string | null => {
  const wanted = finish === undefined ? (calls ? 'tool_calls' : refusal === undefined ? 'stop' : 'refusal') : finish;
  return wanted === null ? null : (claudeFinish[wanted] ?? wanted);
};

function claudeMessage(said: Scripted, model: string): Json {
  const { text = '', refusal = '', calls = [], usage = usual } = said;
  const cached = usage?.cached_tokens ?? 0;
  const input = usage && {
    input_tokens: usage.input_tokens - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: usage.output_tokens,
  };
  const asked = calls.map(({ name, arguments: given, id }, n) => ({ type: 'tool_use', id: id ?? `toolu_${n}`, name, input: given }));
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [...(text + refusal === '' ? [] : [{ type: 'text', text: text + refusal }]), ...asked],
    stop_reason: claudeReason(said),
    stop_sequence: null,
    ...(input === null ? {} : { usage: input }),
  };
}

export const anthropicWire: Wire = {
  text: (piece) => claudeEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
  whole: claudeMessage,
  stream(said, model) {
    const reason = claudeReason(said);
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
      ...(said.calls ?? []).flatMap(({ name, arguments: given, id }, n) => [
        claudeEvent('content_block_start', { index: n + 1, content_block: { type: 'tool_use', id: id ?? `toolu_${n}`, name, input: {} } }),
        ...pieces(callArguments(given)).map((piece) =>
          claudeEvent('content_block_delta', { index: n + 1, delta: { type: 'input_json_delta', partial_json: piece } }),
        ),
        claudeEvent('content_block_stop', { index: n + 1 }),
      ]),
      ...(reason === null
        ? []
        : [
            claudeEvent('message_delta', {
              delta: { stop_reason: reason, stop_sequence: null },
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
