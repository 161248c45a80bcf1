import { messageOf } from '../errors.ts';
import type { Unanswered } from '../shapes/outcome.ts';
import { StreamFault } from './guarded-fetch.ts';
import { retryAfterMs } from './retry-after.ts';

/** What a provider said instead of an answer, before it has a name. `status` null: the failure came inside a stream, or no answer came at all. */
export interface ProviderError {
  status: number | null;
  code: string;
  type: string;
  message: string;
  headers?: Headers;
}

export interface Failure {
  outcome: Unanswered;
  message: string;
  retry_after_ms: number | null;
  /** No connection was made, so nobody got the request. */ unsent?: true;
}

const spentCode = /insufficient_(quota|funds|credits)|billing_(hard_limit_reached|not_active|error)/i;
// Not `quota` or `billing` alone: some servers say "check your plan and billing details" for a full minute too.
const spentWords =
  /credit balance|billing hard limit|spend(ing)? (limit|cap)|usage limits?\b|payment required|insufficient (credits|balance|funds)/i;
// llama.cpp, LM Studio, Gemini and Grok each have words of their own.
const tooLong =
  /context_length_exceeded|exceed_context_size|string_above_max_length|request_too_large|maximum (context|prompt) length|prompt is too long|(input|prompt|context).{0,40}(too long|too large|exceeds?.{0,30}(limit|length|window|number of tokens))|exceeds?.{0,30}context (size|window|length)|(greater than the|with) context length/i;
const filtered = /content_filter|content_policy_violation|ResponsibleAIPolicy|invalid_prompt|bio_policy|content management policy/i;
const noModel =
  /model_not_found|not_found_error|DeploymentNotFound|model.{0,80}(does not exist|not found|is deprecated|was retired|decommissioned)/i;
const noKey = /invalid_api_key|authentication_error|permission_error|invalid x-api-key|incorrect api key/i;
const badImage = /(invalid|empty|unsupported)_(base64_)?image|image_(too|parse|file)|failed_to_download_image/i;
const slow = /rate_limit/i;
const busy = /overloaded|server_busy|service_unavailable/i;

/**
 * The one table from a provider's error to an outcome. The words decide first, since one status has many meanings: a 429
 * is a spent account or a full minute, a 400 a text too long or a filter.
 *
 * What remains of 4xx is `invalid`: this request will never be accepted as it is (an unknown parameter, a schema the
 * model refuses). It goes up the ladder under its caps to another model or a person. It does not park, because the plan
 * of the run is pinned: changed settings would not reach it. What remains of all else is `transport`.
 */
export function outcomeOfProviderError(error: ProviderError): Unanswered {
  const { status } = error;
  const words = `${error.code} ${error.type} ${error.message}`;
  const mayBeSpent = status === null || status < 500;
  if (status === 402 || (mayBeSpent && (spentCode.test(`${error.code} ${error.type}`) || spentWords.test(error.message))))
    return 'spend_cap';
  if (status === 413 || (tooLong.test(words) && (status === null || status === 400 || status === 422))) return 'too_large';
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'model_gone';
  if (status === 408 || status === 409 || status === 425) return 'transport';
  if (status !== null && status >= 500) return 'overloaded';
  if (filtered.test(words)) return 'filtered';
  if (noModel.test(`${error.code} ${error.type}`) || (status === 400 && noModel.test(error.message))) return 'model_gone';
  if (noKey.test(words)) return 'auth';
  if (status !== null) return status >= 400 ? 'invalid' : 'transport';
  if (badImage.test(error.code)) return 'invalid';
  if (slow.test(words)) return 'rate_limited';
  return busy.test(words) ? 'overloaded' : 'transport';
}

/** A finish reason of either wire format, or null when the answer is whole. `none`: the stream ended without one. */
export function outcomeOfFinish(reason: string | null): Unanswered | null {
  switch (reason) {
    case 'stop':
    case 'end_turn':
    case 'stop_sequence':
    case 'tool_use':
      return null;
    case 'length':
    case 'max_tokens':
    case 'max_output_tokens':
    case 'model_context_window_exceeded':
      return 'truncated';
    case 'content_filter':
      return 'filtered';
    case 'refusal':
      return 'refused';
    case 'tool_calls':
    case 'function_call':
      return 'invalid';
    // No reason is half a stream; a reason we do not know is not trusted either (C9), and the cap on silent tries ends it.
    default:
      return 'transport';
  }
}

const secretLike = /\b(?:sk|pk|key|tt)[-_][\w*.-]{6,}|Bearer\s+\S+|(?<=:\/\/)[^\s/@]+(?=@)/gi;

/** One line of at most 300 characters without keys: providers repeat parts of a wrong key in their messages. */
export function safeMessage(text: string, secrets: readonly string[]): string {
  let said = text;
  for (const secret of secrets) if (secret.length >= 4) said = said.replaceAll(secret, '[key]');
  said = said.replace(/\s+/g, ' ').trim().replace(secretLike, '[key]');
  return said.length > 300 ? `${said.slice(0, 299)}…` : said;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** The parts of an SDK's API error; null when the error is none. Both SDKs use the same names, the body is one level deeper in one of them. */
function providerErrorOf(error: unknown): ProviderError | null {
  if (error instanceof StreamFault) return error.body === null ? null : providerErrorOf({ error: error.body, status: undefined });
  const { status, headers, error: body } = record(error);
  if (status === undefined && body === undefined) return null;
  const inner = { ...record(body), ...record(record(body)['error']) };
  // Gateways put the status of whom they asked into the error of a stream that began with 200.
  const told = typeof inner['code'] === 'number' && inner['code'] >= 400 && inner['code'] < 600 ? inner['code'] : null;
  return {
    status: typeof status === 'number' ? status : told,
    code: text(inner['code']),
    type: text(inner['type']),
    message: text(inner['message']) || (typeof body === 'string' ? body : messageOf(error)),
    ...(headers instanceof Headers ? { headers } : {}),
  };
}

const causesOf = (error: unknown): unknown[] => {
  const chain = [error];
  while (chain.length < 8 && record(chain.at(-1))['cause'] !== undefined) chain.push(record(chain.at(-1))['cause']);
  return chain;
};

const noConnection: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** The name was not found or the connection not made: there was nobody to send to. A cut later may have been an answer's. */
const neverSent = (cause: unknown): boolean => {
  const { code, syscall } = record(cause);
  return noConnection.has(text(code)) || syscall === 'connect' || syscall === 'getaddrinfo';
};

/** Anything thrown while we asked. `cancelled`: the caller's signal was aborted. What has no status of a provider is `transport`. */
export function failureOf(error: unknown, context: { name: string; cancelled: boolean; secrets: readonly string[]; now: number }): Failure {
  const { name, cancelled, secrets, now } = context;
  if (cancelled) return { outcome: 'cancelled', message: `the call to ${name} was cancelled`, retry_after_ms: null };
  const causes = causesOf(error);
  const said = providerErrorOf(causes.find((cause) => cause instanceof StreamFault) ?? error);
  if (said === null) {
    // The SDKs wrap what happened in "Connection error.", fetch wraps it in "fetch failed": the last cause says most.
    const detail = messageOf(causes.at(-1)) || text(record(causes.at(-1))['code']);
    return {
      outcome: 'transport',
      message: safeMessage(`${name} was not reached or broke off: ${detail}`, secrets),
      retry_after_ms: null,
      ...(causes.some(neverSent) ? { unsent: true } : {}),
    };
  }
  const outcome = outcomeOfProviderError(said);
  const waits = outcome === 'rate_limited' || outcome === 'overloaded' || outcome === 'transport';
  return {
    outcome,
    message: safeMessage(
      `${name} answered ${said.status ?? 'inside the stream'}: ${[said.code, said.message].filter(Boolean).join(', ') || 'no reason given'}`,
      secrets,
    ),
    retry_after_ms: waits ? retryAfterMs(said.headers, now) : null,
  };
}
