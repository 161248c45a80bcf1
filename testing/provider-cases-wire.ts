import type { ConformanceCase } from './provider-cases.ts';
import { chatOnly, claudeOnly, whole } from './provider-case-parts.ts';

/** What goes wrong on the way, and inside a stream that began with 200. */
export const wire: readonly ConformanceCase[] = [
  { says: 'a socket that closes before the headers', script: { text: whole, cut_after_bytes: 0 }, outcome: 'transport', text: null },
  { says: 'a socket that closes in the first event', script: { text: whole, cut_after_bytes: 40 }, outcome: 'transport' },
  {
    says: 'a socket that closes in the middle of the text',
    script: { text: whole.repeat(5), cut_after_bytes: 1_500 },
    outcome: 'transport',
    usage: null,
  },
  {
    says: 'a stream that ends without a reason',
    script: { text: 'half', finish: null },
    outcome: 'transport',
    text: 'half',
    message: /broke off/,
  },
  {
    says: 'a stream without its last event',
    script: {
      raw: 'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}\n\n',
    },
    outcome: 'transport',
    not_for: claudeOnly,
  },
  { says: 'an empty stream', script: { raw: '' }, outcome: 'transport' },
  { says: 'HTML with 200', script: { status: 200, body: '<html>Please log in</html>' }, outcome: 'transport', message: /text\/html/ },
  { says: 'JSON with 200 that is no stream', script: { status: 200, body: { hello: 1 } }, outcome: 'transport' },
  {
    says: 'an error in JSON with 200',
    script: { status: 200, body: { error: { type: 'overloaded_error', message: 'Overloaded' } } },
    outcome: 'overloaded',
  },
  { says: 'events that are no JSON', script: { raw: 'event: message_start\ndata: {nonsense\n\n' }, outcome: 'transport' },
  {
    says: 'an error after 200',
    script: { text: whole, error_event: { type: 'api_error', message: 'Internal server error' } },
    outcome: 'transport',
    message: /inside the stream/,
  },
  {
    says: 'an overload after 200',
    script: { text: whole, error_event: { type: 'overloaded_error', message: 'Overloaded' } },
    outcome: 'overloaded',
  },
  {
    says: 'a rate limit after 200',
    script: { text: whole, error_event: { type: 'rate_limit_error', message: 'slow down' } },
    outcome: 'rate_limited',
  },
  {
    says: 'silence after the first half',
    script: { text: whole, hold_midway: new Promise(() => undefined) },
    outcome: 'transport',
    options: { idle_ms: 400 },
    message: /no byte for 0.4 s/,
  },
  {
    says: 'silence from the start',
    script: { text: whole, hold: new Promise(() => undefined) },
    outcome: 'transport',
    options: { idle_ms: 400 },
    message: /no byte/,
  },
  {
    says: 'an answer without end',
    script: { endless: true, text: 'x' },
    outcome: 'truncated',
    options: { max_bytes: 50_000 },
    message: /longer than 50000 bytes/,
  },
  {
    says: 'an endless error body',
    script: { status: 500, body: 'x'.repeat(200_000) },
    outcome: 'transport',
    options: { max_bytes: 50_000 },
    message: /longer than/,
  },
  {
    says: "a gateway's 429 after 200, told by a number",
    script: { raw: 'data: {"error":{"message":"slow down","code":429}}\n\n' },
    outcome: 'rate_limited',
    not_for: chatOnly,
  },
  {
    says: 'content in parts, with reasoning beside the text',
    script: {
      raw: [
        { delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] } },
        { delta: { content: [{ type: 'text', text: whole }] } },
        { delta: {}, finish_reason: 'stop' },
      ]
        .map((choice) => `data: ${JSON.stringify({ model: 'model-1', choices: [{ index: 0, ...choice }] })}\n\n`)
        .join(''),
    },
    outcome: 'answer',
    text: whole,
    usage: null,
    not_for: chatOnly,
  },
  { says: 'an error after 200 without a word', script: { text: whole, error_event: { type: '', message: '' } }, outcome: 'transport' },
  {
    says: 'a spent account after 200',
    script: { text: whole, error_event: { type: 'billing_error', code: 'insufficient_quota', message: 'spent' } },
    outcome: 'spend_cap',
    not_for: { messages: 'an error in its stream has no code' },
  },
  {
    says: 'a text too long after 200',
    script: { text: whole, error_event: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' } },
    outcome: 'too_large',
  },
  {
    says: 'a wrong key after 200',
    script: { text: whole, error_event: { type: 'authentication_error', message: 'invalid x-api-key' } },
    outcome: 'auth',
  },
  {
    says: 'a content filter after 200',
    script: { text: whole, error_event: { type: 'content_filter', message: 'blocked' } },
    outcome: 'filtered',
  },
  {
    says: 'an answer that drips on for ever',
    script: { endless: true, text: 'x', delay_ms: 5 },
    outcome: 'transport',
    options: { total_ms: 500, idle_ms: 5_000 },
    message: /no whole answer within 0.5 s/,
  },
  {
    says: 'text past the limit it was given',
    script: { endless: true, text: 'and so on '.repeat(40) },
    outcome: 'truncated',
    usage: null,
    message: /past its limit of 200 tokens/,
  },
  { says: 'a body that is no gzip', script: { raw: 'plain', headers: { 'content-encoding': 'gzip' } }, outcome: 'transport' },
  { says: 'nothing but a comment', script: { raw: ': keep-alive\n\n' }, outcome: 'transport' },
  { says: 'plain text with 200', script: { status: 200, body: 'OK', headers: { 'content-type': 'text/plain' } }, outcome: 'transport' },
  { says: '204', script: { status: 204, headers: { 'content-type': 'application/json' }, body: '' }, outcome: 'transport' },
  {
    says: 'a spent account in JSON with 200',
    script: { status: 200, body: { error: { code: 'insufficient_quota', type: 'insufficient_quota', message: 'spent' } } },
    outcome: 'spend_cap',
  },
  { says: 'a socket that closes after the headers', script: { text: whole, cut_after_bytes: 1 }, outcome: 'transport' },
];
