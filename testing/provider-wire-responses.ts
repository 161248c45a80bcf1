import {
  callArguments,
  cutByError,
  failedOrNot,
  object,
  pieces,
  toolsIn,
  usual,
  type Asked,
  type Json,
  type Wire,
} from './provider-wire.ts';

/** The text of a request's item: a string, or parts with text among them. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : (content as Json[]).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('');

export function readResponses(body: Json): Asked {
  const items = body['input'] as Json[];
  const schema = object(object(body['text'])['format'])['schema'];
  return {
    model: String(body['model']),
    messages: items.filter(({ role }) => role !== undefined).map(({ role, content }) => ({ role: String(role), content: textOf(content) })),
    schema: schema ? object(schema) : null,
    tools: toolsIn(body['tools'], ({ name, description, parameters }) => ({ name, description, schema: parameters })),
    may_call: typeof body['tool_choice'] === 'string' ? body['tool_choice'] : null,
    talk: items.flatMap((item): Asked['talk'] => {
      const id = String(item['call_id']);
      if (item['type'] === 'function_call')
        return [{ call: id, name: String(item['name']), arguments: JSON.parse(String(item['arguments'])) as unknown }];
      if (item['type'] === 'function_call_output') return [failedOrNot({ result: id, content: String(item['output']), is_error: false })];
      return [];
    }),
  };
}

const event = (type: string, part: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...part })}\n\n`;
const delta = (piece: string, kind = 'output_text'): string =>
  event(`response.${kind}.delta`, { item_id: 'msg_1', output_index: 0, content_index: 0, delta: piece, logprobs: [] });
const incomplete: Record<string, string> = { length: 'max_output_tokens', filter: 'content_filter' };

export const responsesWire: Wire = {
  text: (piece) => delta(piece),
  stream(said, model) {
    const finish = said.finish === undefined ? (said.calls ? 'tool_calls' : 'stop') : said.finish;
    const response = (status: string, more: Json = {}): Json => ({
      response: {
        id: 'resp_1',
        object: 'response',
        created_at: 1,
        model,
        status,
        output: [],
        error: null,
        incomplete_details: null,
        ...more,
      },
    });
    const item =
      finish === 'tool_calls' && !said.calls
        ? { type: 'function_call', id: 'fc_1', name: 'x', arguments: '{}' }
        : { type: 'message', id: 'msg_1' };
    const end = { usage: usageOf(said.usage === undefined ? usual : said.usage) };
    const events = [
      event('response.created', response('in_progress')),
      event('response.in_progress', response('in_progress')),
      event('response.output_item.added', { output_index: 0, item }),
      ...pieces(said.text ?? '').map((piece) => delta(piece)),
      ...pieces(said.refusal ?? '').map((piece) => delta(piece, 'refusal')),
      ...(finish === null ? [] : [event('response.output_item.done', { output_index: 0, item })]),
      ...(said.calls ?? []).flatMap(({ name, arguments: given, id }, n) => {
        const call = { type: 'function_call', id: `fc_${n}`, call_id: id ?? `call_${n}`, name };
        const at = { output_index: n + 1, item_id: `fc_${n}` };
        const text = callArguments(given);
        return [
          event('response.output_item.added', { output_index: n + 1, item: { ...call, arguments: '' } }),
          ...pieces(text).map((piece) => event('response.function_call_arguments.delta', { ...at, delta: piece })),
          event('response.function_call_arguments.done', { ...at, arguments: text }),
          event('response.output_item.done', { output_index: n + 1, item: { ...call, arguments: text } }),
        ];
      }),
      ...(finish === null ? [] : [lastOf(finish, { response, end })]),
    ];
    return cutByError(events, said, ({ type, message, code }) => event('error', { code: code ?? type, message, param: null }));
  },
};

function lastOf(finish: string, { response, end }: { response: (status: string, more?: Json) => Json; end: Json }): string {
  if (finish === 'stop' || finish === 'tool_calls') return event('response.completed', response('completed', end));
  return event('response.incomplete', response('incomplete', { ...end, incomplete_details: { reason: incomplete[finish] ?? finish } }));
}

const usageOf = (usage: typeof usual | null): Json | null =>
  usage && {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    input_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
    output_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
  };
