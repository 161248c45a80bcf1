import { guardCall, guardedBy, TooManyBytes, type GuardOfCall } from './guarded-fetch.ts';
import { failureOf, outcomeOfFinish, safeMessage, type Failure } from './outcomes.ts';
import type { Completion, CompletionOptions, CompletionRequest } from './provider.ts';
import type { Unanswered } from '../shapes/outcome.ts';
import type { Usage } from '../shapes/usage.ts';

/** The model wrote on past the limit it was given. */
class PastLimit extends Error {
  override readonly name = 'PastLimit';
}

/** Characters a token: prose has four, runs of blanks have many. A server that keeps to the limit it was given stays far under this. */
const widestToken = 32;
/** Bytes of the stream a token: an event of OpenAI's for one word was seen to have 200 to 350. */
const widestEvent = 1024;
const usualBytes = 4 * 1024 * 1024;
/** Text under 16 KiB is never cut off by us. */
const harmless = 16 * 1024;
/** Tokens are counted in columns of 32 bits. */
const mostTokens = 2 ** 31 - 1;

export interface HeardCall {
  name: string;
  arguments: string;
}

/** What a stream has brought so far. `finish` null: it has not said why it ended. */
export class Heard {
  text = '';
  refusal = '';
  finish: string | null = null;
  usage: Usage | null = null;
  model: string | null = null;
  /** Calls of tools, by the place that the stream gives them. */
  readonly calls = new Map<number, HeardCall>();
  readonly #longest: number;
  #length = 0;
  constructor(max_output_tokens: number) {
    this.#longest = Math.max(harmless, widestToken * max_output_tokens);
  }

  say(piece: string): void {
    this.text += piece;
    this.#count(piece);
  }

  /** A piece of a call: its name comes whole, its arguments piece by piece. */
  call(place: number, { name = '', piece = '' }: { name?: string | undefined; piece?: string | undefined }): void {
    const known = this.calls.get(place) ?? { name: '', arguments: '' };
    this.calls.set(place, { name: known.name || name, arguments: known.arguments + piece });
    this.#count(`${known.name ? '' : name}${piece}`);
  }

  #count(piece: string): void {
    this.#length += piece.length;
    if (this.#length > this.#longest) throw new PastLimit();
  }

  /** Tokens as the provider counts them. A count that is none (missing, broken, negative) leaves the usage unknown, not zero. */
  count(told: { input: number; output: number; cached?: number | null | undefined; reasoning?: number | null | undefined }): void {
    const { input, output, cached, reasoning } = told;
    const isCount = (value: unknown): value is number =>
      Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostTokens;
    this.usage =
      isCount(input) && isCount(output)
        ? {
            input_tokens: input,
            output_tokens: output,
            ...(isCount(cached) && cached > 0 ? { cached_tokens: Math.min(cached, input) } : {}),
            ...(isCount(reasoning) && reasoning > 0 ? { reasoning_tokens: Math.min(reasoning, output) } : {}),
          }
        : null;
  }
}

export interface AskingOptions {
  name: string;
  secrets: readonly string[];
  request: CompletionRequest;
  fetch: typeof fetch;
  options: CompletionOptions;
}

/** Options for the SDK's call: the guard of its `fetch`, and a signal that ends the socket. */
export interface Line {
  fetchOptions: GuardOfCall;
  signal: AbortSignal;
  headers: Record<string, string>;
}

/**
 * One call in either wire format: `listen` puts what the SDK streams into `heard`; limits, cancellation and every
 * failure become an outcome here. What was heard before a failure stays with it as `text`.
 */
export async function asking(ask: AskingOptions, listen: (line: Line, heard: Heard) => Promise<void>): Promise<Completion> {
  const { options, name, secrets } = ask;
  const heard = new Heard(ask.request.max_output_tokens);
  const max_bytes = options.max_bytes ?? Math.max(usualBytes, widestEvent * ask.request.max_output_tokens);
  const guard = guardCall({ ...options, max_bytes, fetch: ask.fetch });
  const failed = (error: unknown): Completion => {
    const fault = guard.fault();
    // Asked again it would write as much again, and be paid for it: that is no trouble of the line.
    if (fault instanceof TooManyBytes && heard.text !== '' && !options.signal.aborted) return pastLimit(heard, `${name}: ${fault.message}`);
    return nothing(failureOf(fault ?? error, { name, cancelled: options.signal.aborted, secrets, now: Date.now() }), heard);
  };
  try {
    await listen({ fetchOptions: guardedBy(guard), signal: guard.signal, headers: headersOf(options) }, heard);
    // The SDKs end a stream silently when its signal is aborted.
    return guard.fault() || options.signal.aborted ? failed(null) : answerOf(heard, ask);
  } catch (error) {
    return error instanceof PastLimit
      ? pastLimit(heard, `${name} wrote on past its limit of ${ask.request.max_output_tokens} tokens`)
      : failed(error);
  } finally {
    guard.release();
  }
}

const headersOf = (options: CompletionOptions): Record<string, string> =>
  options.call_id === undefined ? {} : { 'x-trimtab-call': encodeURI(options.call_id).slice(0, 500) };

/** The tokens of half a stream are a lower bound, so they are not known; those of a request that nobody got are none. */
const nothing = ({ unsent, ...failure }: Failure, heard: Heard): Completion => ({
  type: 'nothing',
  ...failure,
  text: heard.text === '' ? null : heard.text,
  usage: unsent ? { input_tokens: 0, output_tokens: 0 } : heard.finish === null ? null : heard.usage,
});

const pastLimit = (heard: Heard, message: string): Completion => nothing({ outcome: 'truncated', message, retry_after_ms: null }, heard);

/** Null: a whole answer. Whole calls count whatever the stream says of its end: some servers say `stop`. */
function outcomeOf(heard: Heard, { calls, offered }: { calls: number; offered: boolean }): Unanswered | 'calls' | null {
  if (heard.refusal !== '') return 'refused';
  const ended = outcomeOfFinish(heard.finish);
  const whole = ended === null || ended === 'invalid';
  if (calls > 0 && whole) return offered ? 'calls' : 'invalid';
  return ended ?? (heard.text.trim() === '' ? 'empty' : null);
}

const sayings: Partial<Record<Unanswered, string>> = {
  truncated: 'stopped at the limit of its answer',
  filtered: 'withheld the answer by its content filter',
  refused: 'refused',
  empty: 'answered with no text',
  invalid: 'called a tool that it was not offered',
};

function answerOf(heard: Heard, ask: AskingOptions): Completion {
  const calls = [...heard.calls.entries()].toSorted(([a], [b]) => a - b).map(([, call]) => call);
  const offered = ask.request.tools !== undefined && !ask.request.tools.answers;
  const outcome = outcomeOf(heard, { calls: calls.length, offered });
  // Text that took no tokens was not counted: some servers fill in zeros.
  const usage = heard.usage?.output_tokens === 0 ? null : heard.usage;
  const model = heard.model ?? ask.request.model;
  if (outcome === 'calls') return { type: 'calls', text: heard.text, calls, usage, model };
  if (outcome === null) return { type: 'answer', text: heard.text, usage, model };
  if (offered && outcome === 'invalid' && calls.length === 0)
    return nothing({ outcome, message: `${ask.name} said that it calls a tool, and called none`, retry_after_ms: null }, heard);
  const ended = heard.finish === null ? 'broke off in the middle of its answer' : `ended for a reason we do not know: ${heard.finish}`;
  const detail = heard.refusal === '' ? '' : `: ${heard.refusal}`;
  return nothing(
    { outcome, message: safeMessage(`${ask.name} ${sayings[outcome] ?? ended}${detail}`, ask.secrets), retry_after_ms: null },
    heard,
  );
}

/** The provider cannot be asked at all: a cause that a person must remove. */
export const noKeyFor = (name: string, variable: string): Completion => ({
  type: 'nothing',
  outcome: 'auth',
  message: `${name} has no key: set ${variable}`,
  retry_after_ms: null,
  text: null,
  usage: null,
});
