import type { ConformanceCase } from './provider-cases.ts';
import { chatOnly, claudeOnly, whole } from './provider-case-parts.ts';

const status = { name: 'order_status', arguments: { id: 'A-1' } };
const search = { name: 'search', arguments: { query: 'delivery' } };
const asText = ({ name, arguments: given }: { name: string; arguments: unknown }) => ({ name, arguments: JSON.stringify(given) });

const chunks = (deltas: readonly object[], finish: string): string =>
  [...deltas.map((delta) => ({ delta })), { delta: {}, finish_reason: finish }]
    .map((choice) => `data: ${JSON.stringify({ model: 'model-1', choices: [{ index: 0, ...choice }] })}\n\n`)
    .join('');

/** A model that was offered `order_status` and `search` and asks for them, well or badly. `arguments` are told as they were written. */
export const tools: readonly ConformanceCase[] = [
  { says: 'an answer although it was offered tools', tools: 'offered', script: { text: whole }, outcome: 'answer', text: whole },
  { says: 'one call', tools: 'offered', script: { calls: [status] }, outcome: 'calls', text: '', calls: [asText(status)] },
  {
    says: 'two calls at once',
    tools: 'offered',
    script: { calls: [status, search] },
    outcome: 'calls',
    calls: [asText(status), asText(search)],
    usage: { input_tokens: 100, output_tokens: 20 },
  },
  {
    says: 'a text and a call',
    tools: 'offered',
    script: { text: 'I look it up.', calls: [status] },
    outcome: 'calls',
    text: 'I look it up.',
    calls: [asText(status)],
  },
  {
    says: 'arguments that are no JSON',
    tools: 'offered',
    script: { calls: [{ name: 'search', arguments: '{"query": "deli' }] },
    outcome: 'calls',
    calls: [{ name: 'search', arguments: '{"query": "deli' }],
  },
  {
    says: 'no arguments at all',
    tools: 'offered',
    script: { calls: [{ name: 'search', arguments: '' }] },
    outcome: 'calls',
    calls: [{ name: 'search', arguments: '' }],
  },
  {
    says: 'a call of a tool that there is not',
    tools: 'offered',
    script: { calls: [{ name: 'rm', arguments: {} }] },
    outcome: 'calls',
    calls: [{ name: 'rm', arguments: '{}' }],
  },
  {
    says: 'two calls under one id',
    tools: 'offered',
    script: {
      calls: [
        { ...status, id: 'same' },
        { ...search, id: 'same' },
      ],
    },
    outcome: 'calls',
    calls: [asText(status), asText(search)],
  },
  {
    says: 'calls and a reason that says it is done',
    tools: 'offered',
    script: { calls: [status], finish: 'stop' },
    outcome: 'calls',
    calls: [asText(status)],
  },
  {
    says: 'a reason that says it calls, and no call',
    tools: 'offered',
    script: { raw: chunks([{ role: 'assistant', content: '' }], 'tool_calls') },
    outcome: 'invalid',
    message: /called none/,
    not_for: chatOnly,
  },
  {
    says: 'a reason that says it calls, no call and no text',
    tools: 'offered',
    script: { text: '', finish: 'tool_use' },
    outcome: 'empty',
    not_for: claudeOnly,
  },
  {
    says: 'a call that is cut off',
    tools: 'offered',
    script: { calls: [{ name: 'search', arguments: '{"query": "deli' }], finish: 'length' },
    outcome: 'truncated',
  },
  {
    says: 'half a call and no end',
    tools: 'offered',
    script: { calls: [status], finish: null },
    outcome: 'transport',
    message: /broke off/,
  },
  {
    says: 'an overload in the middle of a call',
    tools: 'offered',
    script: { calls: [status], error_event: { type: 'overloaded_error', message: 'Overloaded' } },
    outcome: 'overloaded',
  },
  {
    says: 'a call past the limit of an answer',
    tools: 'offered',
    script: { calls: [{ name: 'search', arguments: { query: 'x'.repeat(20_000) } }] },
    outcome: 'truncated',
    message: /past its limit/,
  },
  {
    says: 'a call of nobody’s tool beside an answer, when none was offered',
    script: { text: whole, calls: [status] },
    outcome: 'invalid',
    message: /not offered/,
  },
  {
    says: 'a call in the turn that must answer',
    tools: 'answers',
    script: { calls: [status] },
    outcome: 'invalid',
    message: /not offered/,
  },
  { says: 'an answer in the turn that must answer', tools: 'answers', script: { text: whole }, outcome: 'answer', text: whole },
  {
    says: 'two calls in the same place, told apart by their ids',
    tools: 'offered',
    script: {
      raw: chunks(
        [status, search].map(({ name, arguments: given }, n) => ({
          tool_calls: [{ index: 0, id: `c${n}`, type: 'function', function: { name, arguments: JSON.stringify(given) } }],
        })),
        'tool_calls',
      ),
    },
    outcome: 'calls',
    calls: [asText(status), asText(search)],
    not_for: chatOnly,
  },
  {
    says: 'two calls without a place and an id',
    tools: 'offered',
    script: {
      raw: chunks(
        [status, search].map(({ name, arguments: given }) => ({ tool_calls: [{ function: { name, arguments: JSON.stringify(given) } }] })),
        'stop',
      ),
    },
    outcome: 'calls',
    calls: [asText(status), asText(search)],
    not_for: chatOnly,
  },
];
