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
import type { Scripted } from './provider-server.ts';

/** The text of a request's item: a string, or parts with text among them. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : (content as Json[]).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('');

export function readResponses(body: Json): Asked {
  const given = body['input'];
  const items = typeof given === 'string' ? [{ role: 'user', content: given }] : (given as Json[]);
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
const delta = (piece: string, { kind, content_index } = { kind: 'output_text', content_index: 0 }): string =>
  event(`response.${kind}.delta`, { item_id: 'msg_1', output_index: 0, content_index, delta: piece, logprobs: [] });
const incomplete: Record<string, string> = { length: 'max_output_tokens', filter: 'content_filter' };
const finishOf = ({ finish, calls }: Scripted): string | null => (finish === undefined ? (calls ? 'tool_calls' : 'stop') : finish);

/** The message's parts as they are at its end, each with the kind of its deltas. */
const partsOf = ({ text, refusal }: Scripted): { kind: string; said: string; part: (said: string) => Json }[] => [
  ...(text === undefined
    ? []
    : [{ kind: 'output_text', said: text, part: (said: string) => ({ type: 'output_text', text: said, annotations: [], logprobs: [] }) }]),
  ...(refusal === undefined ? [] : [{ kind: 'refusal', said: refusal, part: (said: string) => ({ type: 'refusal', refusal: said }) }]),
];

/** What the answer consists of: a message (empty beside calls alone), then the calls. */
function itemsOf(said: Scripted, status: string): Json[] {
  if (finishOf(said) === 'tool_calls' && !said.calls)
    return [{ type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'x', arguments: '{}', status }];
  const content = partsOf(said).map(({ said: whole, part }) => part(whole));
  return [
    { type: 'message', id: 'msg_1', role: 'assistant', status, content },
    ...(said.calls ?? []).map(({ name, arguments: given, id }, n) => ({
      type: 'function_call',
      id: `fc_${n}`,
      call_id: id ?? `call_${n}`,
      name,
      arguments: callArguments(given),
      status,
    })),
  ];
}

const responseOf = (said: Scripted, model: string, status: string): Json => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model,
  status,
  output: status === 'in_progress' ? [] : itemsOf(said, status),
  error: null,
  incomplete_details: status === 'incomplete' ? { reason: incomplete[finishOf(said) ?? ''] ?? finishOf(said) } : null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  ...(status === 'in_progress' ? {} : { usage: usageOf(said.usage === undefined ? usual : said.usage) }),
});

const statusOf = (said: Scripted): string => (['stop', 'tool_calls'].includes(finishOf(said) ?? '') ? 'completed' : 'incomplete');

/** The message's events; a stream that is to end without a reason breaks off before its text is done. */
function messageEvents(said: Scripted, item: Json): string[] {
  const ends = finishOf(said) !== null;
  const parts = partsOf(said).flatMap(({ kind, said: whole, part }, content_index) => {
    const at = { item_id: 'msg_1', output_index: 0, content_index };
    const done = { [kind === 'refusal' ? 'refusal' : 'text']: whole, ...(kind === 'refusal' ? {} : { logprobs: [] }) };
    return [
      event('response.content_part.added', { ...at, part: part('') }),
      ...pieces(whole).map((piece) => delta(piece, { kind, content_index })),
      ...(ends
        ? [event(`response.${kind}.done`, { ...at, ...done }), event('response.content_part.done', { ...at, part: part(whole) })]
        : []),
    ];
  });
  const opened = item['type'] === 'message' ? { ...item, status: 'in_progress', content: [] } : item;
  return [
    event('response.output_item.added', { output_index: 0, item: opened }),
    ...parts,
    ...(ends ? [event('response.output_item.done', { output_index: 0, item })] : []),
  ];
}

function callEvents(item: Json, output_index: number): string[] {
  const at = { output_index, item_id: item['id'] };
  const text = String(item['arguments']);
  return [
    event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } }),
    ...pieces(text).map((piece) => event('response.function_call_arguments.delta', { ...at, delta: piece })),
    event('response.function_call_arguments.done', { ...at, name: item['name'], arguments: text }),
    event('response.output_item.done', { output_index, item }),
  ];
}

const numbered = (events: string[]): string[] =>
  events.map((one, sequence_number) => one.replace(/\}\n\n$/, `,"sequence_number":${sequence_number}}\n\n`));

export const responsesWire: Wire = {
  text: (piece) => delta(piece),
  whole: (said, model) => responseOf(said, model, statusOf(said)),
  stream(said, model) {
    const status = statusOf(said);
    const [message = {}, ...calls] = itemsOf(said, status);
    const events = [
      event('response.created', { response: responseOf(said, model, 'in_progress') }),
      event('response.in_progress', { response: responseOf(said, model, 'in_progress') }),
      ...messageEvents(said, message),
      ...calls.flatMap((item, n) => callEvents(item, n + 1)),
      ...(finishOf(said) === null ? [] : [event(`response.${status}`, { response: responseOf(said, model, status) })]),
    ];
    return numbered(
      cutByError(events, said, ({ type, message: words, code }) => event('error', { code: code ?? type, message: words, param: null })),
    );
  },
};

const usageOf = (usage: typeof usual | null): Json | null =>
  usage && {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    input_tokens_details: { cached_tokens: usage.cached_tokens ?? 0, cache_write_tokens: 0 },
    output_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
  };
