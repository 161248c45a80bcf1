import { guardCall } from './guarded-fetch.ts';
import { failureOf, outcomeOfFinish, safeMessage, type Failure } from './outcomes.ts';
import type { Completion, CompletionOptions } from './provider.ts';
import type { Unanswered } from '../shapes/outcome.ts';
import type { Usage } from '../shapes/usage.ts';

/** What a stream has brought so far. `finish` null: it has not said why it ended. */
export interface Heard {
  text: string;
  refusal: string;
  finish: string | null;
  usage: Usage | null;
  model: string | null;
}

export interface AskingOptions {
  name: string;
  secrets: readonly string[];
  model: string;
  fetch: typeof fetch;
  options: CompletionOptions;
}

/** Options for the SDK's call: its own `fetch` that is guarded, and a signal that ends the socket. */
export interface Line {
  fetch: typeof fetch;
  signal: AbortSignal;
  headers: Record<string, string>;
}

/**
 * One call in either wire format: `listen` puts what the SDK streams into `heard`; limits, cancellation and every
 * failure become an outcome here. What was heard before a failure stays with it as `text`.
 */
export async function asking(ask: AskingOptions, listen: (line: Line, heard: Heard) => Promise<void>): Promise<Completion> {
  const { options, name, secrets } = ask;
  const heard: Heard = { text: '', refusal: '', finish: null, usage: null, model: null };
  const guard = guardCall({ ...options, fetch: ask.fetch });
  const failed = (error: unknown): Completion =>
    nothing(failureOf(guard.fault() ?? error, { name, cancelled: options.signal.aborted, secrets, now: Date.now() }), heard);
  try {
    await listen({ fetch: guard.fetch, signal: guard.signal, headers: headersOf(options) }, heard);
    // The SDKs end a stream silently when its signal is aborted.
    return guard.fault() || options.signal.aborted ? failed(null) : answerOf(heard, ask);
  } catch (error) {
    return failed(error);
  } finally {
    guard.release();
  }
}

const headersOf = (options: CompletionOptions): Record<string, string> =>
  options.call_id === undefined ? {} : { 'x-trimtab-call': encodeURI(options.call_id).slice(0, 500) };

/** The tokens of half a stream are a lower bound, so they are not known. */
const nothing = (failure: Failure, heard: Heard): Completion => ({
  type: 'nothing',
  ...failure,
  text: heard.text === '' ? null : heard.text,
  usage: heard.finish === null ? null : heard.usage,
});

const sayings: Partial<Record<Unanswered, string>> = {
  truncated: 'stopped at the limit of its answer',
  filtered: 'withheld the answer by its content filter',
  refused: 'refused',
  empty: 'answered with no text',
  invalid: 'called a tool that it was not offered',
};

function answerOf(heard: Heard, ask: AskingOptions): Completion {
  const outcome = heard.refusal !== '' ? 'refused' : (outcomeOfFinish(heard.finish) ?? (heard.text.trim() === '' ? 'empty' : null));
  if (outcome === null) return { type: 'answer', text: heard.text, usage: heard.usage, model: heard.model ?? ask.model };
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
