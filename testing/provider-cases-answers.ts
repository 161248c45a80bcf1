import type { ConformanceCase } from './provider-cases.ts';
import { claudeOnly, whole } from './provider-case-parts.ts';

/** HTTP 200 and a whole stream: what the finish reason says. */
export const answers: readonly ConformanceCase[] = [
  { says: 'a whole answer', script: { text: whole }, outcome: 'answer', text: whole, usage: { input_tokens: 100, output_tokens: 20 } },
  {
    says: 'an answer with umlauts and emoji cut between chunks',
    script: { text: '{"text":"Grüße aus Zürich 🚲 à bientôt"}' },
    outcome: 'answer',
    text: '{"text":"Grüße aus Zürich 🚲 à bientôt"}',
  },
  { says: 'an answer without usage', script: { text: whole, usage: null }, outcome: 'answer', usage: null },
  {
    says: 'cached input as part of the input',
    script: { text: whole, usage: { input_tokens: 100, output_tokens: 5, cached_tokens: 60 } },
    outcome: 'answer',
    usage: { input_tokens: 100, output_tokens: 5, cached_tokens: 60 },
  },
  { says: 'malformed JSON in a whole answer', script: { text: '{"text": "no end' }, outcome: 'answer', text: '{"text": "no end' },
  {
    says: 'an answer cut at the limit',
    script: { text: 'half', finish: 'length' },
    outcome: 'truncated',
    text: 'half',
    usage: { input_tokens: 100, output_tokens: 20 },
  },
  {
    says: 'an answer that filled the context window',
    script: { text: 'half', finish: 'model_context_window_exceeded' },
    outcome: 'truncated',
    text: 'half',
    not_for: claudeOnly,
  },
  {
    says: 'a content filter',
    script: { text: 'ha', finish: 'filter' },
    outcome: 'filtered',
    text: 'ha',
    not_for: { messages: 'Claude says refusal' },
  },
  { says: 'a stop sequence', script: { text: whole, finish: 'stop_sequence' }, outcome: 'answer', text: whole, not_for: claudeOnly },
  { says: 'a refusal', script: { refusal: 'I cannot help with that.' }, outcome: 'refused' },
  { says: 'no text', script: { text: '' }, outcome: 'empty', text: null },
  { says: 'nothing but blanks', script: { text: ' \n ' }, outcome: 'empty' },
  {
    says: 'a tool call nobody offered',
    script: { text: '', finish: 'tool_calls' },
    outcome: 'invalid',
    not_for: { messages: 'a tool carries the answer of older models' },
  },
  { says: 'a reason that nobody knows', script: { text: 'half', finish: 'weather' }, outcome: 'transport', message: /weather/ },
  {
    says: 'reasoning as part of the output',
    script: { text: whole, usage: { input_tokens: 100, output_tokens: 50, reasoning_tokens: 40 } },
    outcome: 'answer',
    usage: { input_tokens: 100, output_tokens: 50, reasoning_tokens: 40 },
  },
  {
    says: 'usage that is negative: unknown, not money',
    script: { text: whole, usage: { input_tokens: -1, output_tokens: 20 } },
    outcome: 'answer',
    usage: null,
  },
  {
    says: 'usage of zero for an answer with text: unknown too',
    script: { text: whole, usage: { input_tokens: 0, output_tokens: 0 } },
    outcome: 'answer',
    usage: null,
  },
  {
    says: 'usage that no column holds',
    script: { text: whole, usage: { input_tokens: 100, output_tokens: 1e12 } },
    outcome: 'answer',
    usage: null,
  },
  { says: 'a word a chunk, slowly', script: { text: whole, delay_ms: 2 }, outcome: 'answer', text: whole },
  { says: 'text around the JSON, as it is', script: { text: `Sure! ${whole}` }, outcome: 'answer', text: `Sure! ${whole}` },
  { says: 'text with a zero byte', script: { text: '{"text":"a\u0000b"}' }, outcome: 'answer', text: '{"text":"a\u0000b"}' },
  { says: 'a refusal after half an answer', script: { text: 'Delivery', refusal: 'I cannot go on.' }, outcome: 'refused' },
  { says: 'an answer cut before its first word', script: { text: '', finish: 'length' }, outcome: 'truncated', text: null },
  {
    says: 'a turn that is paused',
    script: { text: 'half', finish: 'pause_turn' },
    outcome: 'transport',
    message: /pause_turn/,
    not_for: claudeOnly,
  },
];
