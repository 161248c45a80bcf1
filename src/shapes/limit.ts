/** What a provider account allows all workers together. A limit that is absent does not bind. */
export interface AccountLimits {
  requests_per_minute?: number;
  tokens_per_minute?: number;
  /** Calls under way at a time. */
  concurrency?: number;
}

/** A call that waits to be let through. `tokens`: estimate of what it will take. `timeout_ms`: when it is over at the latest. */
export interface WaitingCall {
  id: string;
  chain: string;
  tokens: number;
  timeout_ms: number;
}

/** What one process asks for: its waiting calls in the order in which they came. `now`: ms, for a clock that a test holds; else the database's. */
export interface AdmissionRequest {
  account: string;
  process: string;
  limits: AccountLimits;
  waiting: readonly WaitingCall[];
  now: number | null;
}

/** `granted`: ids that may go now. `again_ms`: when it is worth asking for the others. */
export interface Admission {
  granted: string[];
  again_ms: number;
}

/** Calls that are still under way, of a process that is still there. */
export interface GrantRenewal {
  ids: readonly string[];
  now: number | null;
}

/** What a provider says of one of its limits: how much there is, what is left, and ms until it is full again. */
export interface HeardLimit {
  limit: number;
  left: number;
  full_ms: number;
}

/** What a call tells when it is over. `tokens` null: as estimated. `pause_ms`: the provider asked to be left alone so long. */
export interface GrantEnd {
  id: string;
  account: string;
  tokens: number | null;
  pause_ms: number | null;
  heard: { requests: HeardLimit | null; tokens: HeardLimit | null } | null;
  now: number | null;
}
