import type { CompletionOptions } from '../src/providers/provider.ts';
import type { Unanswered } from '../src/shapes/outcome.ts';
import type { Usage } from '../src/shapes/usage.ts';
import type { Scripted } from './provider-server.ts';

type Dialect = 'openai' | 'anthropic';

/** One thing a provider may say, and what it means. `not_for` says why a dialect cannot say it. */
export interface ConformanceCase {
  says: string;
  script: Scripted | ((dialect: Dialect) => Scripted);
  outcome: Unanswered | 'answer';
  text?: string | null;
  usage?: Usage | null;
  retry_after_ms?: number;
  message?: RegExp;
  options?: Pick<CompletionOptions, 'max_bytes' | 'idle_ms'>;
  not_for?: Partial<Record<Dialect, string>>;
}

/** An error body as each provider writes it. OpenAI has a code beside the type. */
const error =
  (status: number, type: string, more: { code?: string; message?: string; headers?: Record<string, string> } = {}) =>
  (dialect: Dialect): Scripted => ({
    status,
    ...(more.headers ? { headers: more.headers } : {}),
    body:
      dialect === 'openai'
        ? { error: { message: more.message ?? 'something', type, param: null, code: more.code ?? null } }
        : { type: 'error', error: { type: more.code ?? type, message: more.message ?? 'something' } },
  });
const whole = '{"text":"Delivery costs €4.95 [1]."}';
const claudeOnly = { openai: 'Anthropic alone says this' };
const limited = (headers: Record<string, string>) => error(429, 'rate_limit_error', { code: 'rate_limit_exceeded', headers });

const answers: ConformanceCase[] = [
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
    not_for: { anthropic: 'Claude says refusal' },
  },
  { says: 'a refusal', script: { refusal: 'I cannot help with that.' }, outcome: 'refused' },
  { says: 'no text', script: { text: '' }, outcome: 'empty', text: null },
  { says: 'nothing but blanks', script: { text: ' \n ' }, outcome: 'empty' },
  {
    says: 'a tool call nobody offered',
    script: { text: '', finish: 'tool_calls' },
    outcome: 'invalid',
    not_for: { anthropic: 'a tool carries the answer of older models' },
  },
  { says: 'a reason that nobody knows', script: { text: 'half', finish: 'weather' }, outcome: 'transport', message: /weather/ },
];

const limits: ConformanceCase[] = [
  { says: '429', script: limited({}), outcome: 'rate_limited' },
  { says: '429 with seconds', script: limited({ 'retry-after': '7' }), outcome: 'rate_limited', retry_after_ms: 7_000 },
  {
    says: '429 with an HTTP date',
    script: limited({ date: 'Tue, 24 Nov 2026 10:00:00 GMT', 'retry-after': 'Tue, 24 Nov 2026 10:00:45 GMT' }),
    outcome: 'rate_limited',
    retry_after_ms: 45_000,
  },
  {
    says: '429 with a date in the past',
    script: limited({ date: 'Tue, 24 Nov 2026 10:00:00 GMT', 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT' }),
    outcome: 'rate_limited',
    retry_after_ms: 0,
  },
  {
    says: '429 with milliseconds beside seconds',
    script: limited({ 'retry-after-ms': '250', 'retry-after': '1' }),
    outcome: 'rate_limited',
    retry_after_ms: 250,
  },
  { says: '429 with a year to wait', script: limited({ 'retry-after': '31536000' }), outcome: 'rate_limited', retry_after_ms: 600_000 },
  { says: '429 with a negative wait', script: limited({ 'retry-after': '-5' }), outcome: 'rate_limited', retry_after_ms: 0 },
  { says: '429 with a wait nobody can read', script: limited({ 'retry-after': 'soon' }), outcome: 'rate_limited' },
  {
    says: '429 of an exhausted account',
    script: error(429, 'insufficient_quota', {
      code: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    }),
    outcome: 'spend_cap',
  },
  {
    says: '429 of a billing hard limit',
    script: error(429, 'invalid_request_error', { code: 'billing_hard_limit_reached' }),
    outcome: 'spend_cap',
  },
  {
    says: '429 that mentions billing but is a full minute',
    script: error(429, 'rate_limit_error', {
      message: 'You exceeded your current quota, please check your plan and billing details. Retry in 20 s.',
    }),
    outcome: 'rate_limited',
  },
  {
    says: '400 of a credit balance that is too low',
    script: error(400, 'invalid_request_error', { message: 'Your credit balance is too low to access the API.' }),
    outcome: 'spend_cap',
  },
  { says: '402', script: error(402, 'billing_error'), outcome: 'spend_cap' },
];

const refusals: ConformanceCase[] = [
  {
    says: '401 that repeats the key',
    script: error(401, 'authentication_error', {
      code: 'invalid_api_key',
      message: 'Incorrect API key provided: sk-conformance-0123456789abcdef. You can find your key at …',
    }),
    outcome: 'auth',
    message: /\[key\]/,
  },
  {
    says: '401 that repeats a masked key',
    script: error(401, 'authentication_error', { message: 'Incorrect API key provided: sk-confo***cdef.' }),
    outcome: 'auth',
    message: /provided: \[key\]/,
  },
  { says: '403', script: error(403, 'permission_error'), outcome: 'auth' },
  {
    says: '404 of a model',
    script: error(404, 'not_found_error', { code: 'model_not_found', message: 'The model `gpt-x` does not exist' }),
    outcome: 'model_gone',
    message: /gpt-x/,
  },
  {
    says: '400 of a model that was retired',
    script: error(400, 'invalid_request_error', { message: 'The model `m` was retired.' }),
    outcome: 'model_gone',
  },
  { says: '413', script: error(413, 'request_too_large'), outcome: 'too_large' },
  {
    says: '400 of a context that is too long',
    script: error(400, 'invalid_request_error', {
      code: 'context_length_exceeded',
      message: "This model's maximum context length is 8192 tokens.",
    }),
    outcome: 'too_large',
  },
  {
    says: '400 of a prompt that is too long',
    script: error(400, 'invalid_request_error', { message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
    outcome: 'too_large',
  },
  { says: '400 of a content filter', script: error(400, 'invalid_request_error', { code: 'content_filter' }), outcome: 'filtered' },
  {
    says: '400 of a parameter the model does not know',
    script: error(400, 'invalid_request_error', {
      code: 'unsupported_value',
      message: "Unsupported value: 'temperature' does not support 0.2",
    }),
    outcome: 'invalid',
    message: /temperature/,
  },
  { says: '422', script: error(422, 'invalid_request_error'), outcome: 'invalid' },
  { says: '408', script: error(408, 'timeout'), outcome: 'transport' },
  { says: '409', script: error(409, 'conflict'), outcome: 'transport' },
  { says: '500', script: error(500, 'api_error'), outcome: 'overloaded' },
  { says: '502 in HTML', script: { status: 502, body: '<html><h1>Bad gateway</h1></html>' }, outcome: 'overloaded' },
  {
    says: '503 with seconds',
    script: error(503, 'overloaded', { headers: { 'retry-after': '3' } }),
    outcome: 'overloaded',
    retry_after_ms: 3_000,
  },
  { says: '504 without a body', script: { status: 504, body: '' }, outcome: 'overloaded' },
  { says: '529', script: error(529, 'overloaded_error'), outcome: 'overloaded' },
];

const wire: ConformanceCase[] = [
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
    options: { idle_ms: 60 },
    message: /no byte for 0.06 s/,
  },
  {
    says: 'silence from the start',
    script: { text: whole, hold: new Promise(() => undefined) },
    outcome: 'transport',
    options: { idle_ms: 60 },
    message: /no byte/,
  },
  {
    says: 'an answer without end',
    script: { endless: true },
    outcome: 'transport',
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
];

export const conformanceCases: readonly ConformanceCase[] = [...answers, ...limits, ...refusals, ...wire];
