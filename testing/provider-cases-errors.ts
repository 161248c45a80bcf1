import type { ConformanceCase } from './provider-cases.ts';
import { error, limited } from './provider-case-parts.ts';

const spent = (says: string, script: ConformanceCase['script']): ConformanceCase => ({ says, script, outcome: 'spend_cap' });
const tooLong = (says: string, script: ConformanceCase['script']): ConformanceCase => ({ says, script, outcome: 'too_large' });

/** Too many, and spent. */
export const limits: readonly ConformanceCase[] = [
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
  spent(
    '429 of an exhausted account',
    error(429, 'insufficient_quota', {
      code: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    }),
  ),
  spent('429 of a billing hard limit', error(429, 'invalid_request_error', { code: 'billing_hard_limit_reached' })),
  {
    says: '429 that mentions billing but is a full minute',
    script: error(429, 'rate_limit_error', {
      message: 'You exceeded your current quota, please check your plan and billing details. Retry in 20 s.',
    }),
    outcome: 'rate_limited',
  },
  spent(
    '400 of a credit balance that is too low',
    error(400, 'invalid_request_error', { message: 'Your credit balance is too low to access the API.' }),
  ),
  spent('402', error(402, 'billing_error')),
  { says: '429 with a fraction of a second', script: limited({ 'retry-after': '0.5' }), outcome: 'rate_limited', retry_after_ms: 500 },
  { says: '429 with a wait of zero', script: limited({ 'retry-after': '0' }), outcome: 'rate_limited', retry_after_ms: 0 },
  { says: '429 with an empty wait', script: limited({ 'retry-after': '' }), outcome: 'rate_limited' },
  {
    says: '429 in HTML',
    script: { status: 429, body: '<h1>Too many requests</h1>', headers: { 'retry-after': '2' } },
    outcome: 'rate_limited',
    retry_after_ms: 2_000,
  },
  { says: '429 without a body', script: { status: 429, body: '' }, outcome: 'rate_limited' },
  spent('403 of a spent month', error(403, 'permission_error', { message: 'You have reached your usage limits for this month.' })),
];

/** An error status. */
export const refusals: readonly ConformanceCase[] = [
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
  tooLong('413', error(413, 'request_too_large')),
  tooLong(
    '400 of a context that is too long',
    error(400, 'invalid_request_error', {
      code: 'context_length_exceeded',
      message: "This model's maximum context length is 8192 tokens.",
    }),
  ),
  tooLong(
    '400 of a prompt that is too long',
    error(400, 'invalid_request_error', { message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
  ),
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
  { says: '401 in HTML', script: { status: 401, body: '<h1>Unauthorized</h1>' }, outcome: 'auth' },
  { says: '404 in HTML: a wrong base URL', script: { status: 404, body: '<h1>Not found</h1>' }, outcome: 'model_gone' },
  { says: '418', script: error(418, 'teapot'), outcome: 'invalid' },
  {
    says: '400 whose message is a list of problems',
    script: { status: 400, body: { error: { message: 'messages: too few', type: 'invalid_request_error', code: null } } },
    outcome: 'invalid',
    message: /too few/,
  },
  { says: '400 whose body is a string', script: { status: 400, body: 'bad request' }, outcome: 'invalid' },
  { says: '400 whose error is a string', script: { status: 400, body: { error: 'no such parameter' } }, outcome: 'invalid' },
  {
    says: '400 of a text too long, without `error` around it (vLLM)',
    script: { status: 400, body: { object: 'error', message: "This model's maximum context length is 4096 tokens.", code: 400 } },
    outcome: 'too_large',
    message: /maximum context length/,
  },
  {
    says: '400 of a text too long, in the words of llama.cpp',
    script: error(400, 'exceed_context_size_error', { message: 'the request exceeds the available context size, try increasing it' }),
    outcome: 'too_large',
    message: /available context size/,
  },
  tooLong(
    '400 of a text too long, in the words of llama-cpp-python',
    error(400, 'invalid_request_error', { message: 'Requested tokens (2285) exceed context window of 2048' }),
  ),
  {
    says: '400 of a text too long, in the words of LM Studio',
    script: {
      status: 400,
      body: { error: 'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 9>= n_ctx: 8).' },
    },
    outcome: 'too_large',
    message: /n_ctx/,
  },
  tooLong('400 of a text too long, in the words of an older LM Studio', {
    status: 400,
    body: {
      error:
        'Trying to keep the first 9 tokens when context the overflows. However, the model is loaded with context length of only 8 tokens',
    },
  }),
  tooLong(
    '400 of a text too long, in the words of Gemini',
    error(400, 'INVALID_ARGUMENT', { message: 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).' }),
  ),
  tooLong(
    '400 of a text too long, in the words of Grok',
    error(400, 'invalid_request_error', {
      message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    }),
  ),
  tooLong('422 of a text too long', error(422, 'invalid_request_error', { message: 'Input is too long for the requested model.' })),
  {
    says: '422 with its words in `detail`',
    script: { status: 422, body: { detail: [{ loc: ['body', 'stop'], msg: 'no such field' }] } },
    outcome: 'invalid',
    message: /no such field/,
  },
  { says: '425', script: error(425, 'too_early'), outcome: 'transport' },
  {
    says: '503 with a date',
    script: error(503, 'overloaded', {
      headers: { date: 'Tue, 24 Nov 2026 10:00:00 GMT', 'retry-after': 'Tue, 24 Nov 2026 10:00:20 GMT' },
    }),
    outcome: 'overloaded',
    retry_after_ms: 20_000,
  },
  { says: '520 of a proxy', script: { status: 520, body: '<title>520</title>' }, outcome: 'overloaded' },
  { says: '524 of a proxy', script: { status: 524, body: '' }, outcome: 'overloaded' },
  {
    says: '529 with a wait',
    script: error(529, 'overloaded_error', { headers: { 'retry-after': '11' } }),
    outcome: 'overloaded',
    retry_after_ms: 11_000,
  },
  {
    says: 'a redirect, which is not followed',
    script: { status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' }, body: '' },
    outcome: 'transport',
  },
];
