/**
 * Every failure that leaves trimtab has one of these codes. `status` is the HTTP status, `next` says what the
 * reader can do about it, `docs` is the page that explains it.
 */
const table = {
  bad_request: { status: 400, title: 'Not a request', next: 'Send a JSON body and the documented parameters.', docs: 'docs/api.md' },
  unauthorized: {
    status: 401,
    title: 'No valid key or session',
    next: 'Send `Authorization: Bearer tt_…`, or sign in again with `trimtab user invite NAME`.',
    docs: 'docs/access.md',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    next: 'Use a key with the scope, or the address, that is named.',
    docs: 'docs/access.md',
  },
  not_found: { status: 404, title: 'Not found', next: 'Check the name or id; it may have been deleted.', docs: 'docs/api.md' },
  unknown_chain: {
    status: 404,
    title: 'Unknown chain',
    next: 'List the chains with `GET /v1/chains`, or add the chain to trimtab.config.ts.',
    docs: 'docs/chains.md',
  },
  conflict: { status: 409, title: 'The state has moved on', next: 'Read the current state and try again.', docs: 'docs/api.md' },
  idempotency_conflict: {
    status: 409,
    title: 'Idempotency-Key used for another body',
    next: 'Use a new Idempotency-Key for a new request.',
    docs: 'docs/api.md',
  },
  review_decided: {
    status: 409,
    title: 'Already decided',
    next: 'Read the decision; a new proposal is a new review.',
    docs: 'docs/reviews.md',
  },
  review_expired: { status: 409, title: 'The review has expired', next: 'Start the run again.', docs: 'docs/reviews.md' },
  review_cancelled: {
    status: 409,
    title: 'The review was withdrawn',
    next: 'The run went another way; its page shows where.',
    docs: 'docs/reviews.md',
  },
  review_version: {
    status: 409,
    title: 'The review has changed',
    next: 'Read the current version and decide on that.',
    docs: 'docs/reviews.md',
  },
  review_claimed: {
    status: 409,
    title: 'Somebody else holds this review',
    next: 'Wait for the claim to end, or ask them to release it.',
    docs: 'docs/reviews.md',
  },
  too_large: {
    status: 413,
    title: 'Too large',
    next: 'Send less than the limit that is named, or raise it where it is yours.',
    docs: 'docs/api.md',
  },
  unsupported_media_type: { status: 415, title: 'Not JSON', next: 'Send `Content-Type: application/json`.', docs: 'docs/api.md' },
  invalid_input: { status: 422, title: 'The input does not fit', next: 'Mend the fields that are named.', docs: 'docs/api.md' },
  rate_limited: { status: 429, title: 'Too many requests', next: 'Wait as long as Retry-After says.', docs: 'docs/api.md' },
  internal: { status: 500, title: 'trimtab failed', next: 'Report the request id with what you did.', docs: 'docs/api.md' },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    next: 'Try again after Retry-After seconds; `trimtab doctor` names what is down.',
    docs: 'docs/operations.md',
  },

  definition: {
    status: 500,
    title: 'The chain definition is wrong',
    next: 'Mend the definition where the message says.',
    docs: 'docs/chains.md',
  },
  config: { status: 500, title: 'The configuration is wrong', next: 'Mend the setting that is named.', docs: 'docs/config.md' },
  setup: {
    status: 500,
    title: 'Something that trimtab needs is missing',
    next: 'Do what the message says; `trimtab doctor` checks everything.',
    docs: 'docs/operations.md',
  },

  budget_exhausted: {
    status: 409,
    title: 'The budget of the run is spent',
    next: 'Raise the budget of the chain, or shorten what the step reads.',
    docs: 'docs/loop.md',
  },
  ladder_exhausted: {
    status: 409,
    title: 'Every remedy was tried',
    next: 'Read the verdicts; add a check, a rung or a person.',
    docs: 'docs/loop.md',
  },
  run_deadline: {
    status: 409,
    title: 'The run took longer than its budget allows',
    next: 'Raise `within`, or find the slow step in the trace.',
    docs: 'docs/loop.md',
  },
  rejected_by_person: { status: 409, title: 'A person rejected it', next: 'Read the reason on the decision.', docs: 'docs/reviews.md' },
  auth: {
    status: 409,
    title: 'The provider does not accept the key',
    next: 'Set a working key, then `trimtab retry --code auth`.',
    docs: 'docs/models.md',
  },
  spend_cap: {
    status: 409,
    title: 'The provider account is exhausted',
    next: 'Add credit or raise the cap, then `trimtab retry --code spend_cap`.',
    docs: 'docs/models.md',
  },
  model_gone: {
    status: 409,
    title: 'The provider does not know this model',
    next: 'Name another model in trimtab.config.ts for new runs; restore it for this one.',
    docs: 'docs/models.md',
  },
  provider_down: {
    status: 409,
    title: 'The provider does not answer',
    next: 'It is tried again by itself; `trimtab retry --code provider_down` tries now.',
    docs: 'docs/models.md',
  },
  chain_error: {
    status: 409,
    title: 'The chain code failed',
    next: 'Mend the code, restart the worker, then `trimtab retry`.',
    docs: 'docs/chains.md',
  },
  tool_missing: {
    status: 409,
    title: 'The build does not know a name in the plan',
    next: 'Deploy a build that has it, then `trimtab retry`.',
    docs: 'docs/chains.md',
  },
  build_mismatch: {
    status: 409,
    title: 'The build does not fit this run',
    next: 'Deploy the build that the run began with, or one that fits its history; the run goes on by itself.',
    docs: 'docs/deploy.md',
  },
  tool_changed: {
    status: 409,
    title: 'The tools of a server are not the approved ones',
    next: 'Read them with `trimtab mcp NAME`, approve them in trimtab.config.ts, then `trimtab retry --code tool_changed`.',
    docs: 'docs/sources.md',
  },
  effect_failed: {
    status: 409,
    title: 'The effect did not go out',
    next: 'Find out why the receiver refuses it, then `trimtab retry --code effect_failed`.',
    docs: 'docs/effects.md',
  },
} as const;

export type ErrorCode = keyof typeof table;
export interface ErrorEntry {
  status: number;
  title: string;
  next: string;
  docs: string;
}

export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = table;

/** One place in an input that does not fit: `pointer` is a JSON pointer (RFC 6901). */
export interface FieldError {
  pointer: string;
  detail: string;
}

export interface ErrorDetail {
  errors?: FieldError[];
  /** Extra members of the problem body, for example the current state after a conflict. */
  extra?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The only error that trimtab throws on purpose. `message` names the thing; the table adds the next step. */
export class TrimtabError extends Error {
  override readonly name = 'TrimtabError';
  readonly code: ErrorCode;
  readonly errors: FieldError[];
  readonly extra: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.errors = detail.errors ?? [];
    this.extra = detail.extra ?? {};
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

/** Thrown into the chain body by the move `fail` (C1). Uncaught there, it fails the run. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly step: string;
  readonly code: ErrorCode;
  constructor(step: string, code: ErrorCode, message: string) {
    super(`${step}: ${message}`);
    this.step = step;
    this.code = code;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
