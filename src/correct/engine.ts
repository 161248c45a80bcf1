import type { ErrorCode } from '../errors.ts';
import type { CallRequest, CallResult, Note } from '../shapes/call.ts';
import type { Answer, AskRequest } from '../shapes/review.ts';

/** A cause that a person must remove (C12). `retry_after_ms`: when to try again by itself, null: only when told. */
export interface Parked {
  code: ErrorCode;
  message: string;
  step: string | null;
  retry_after_ms: number | null;
}

/**
 * What the loop needs of the world: as narrow as that, so that Temporal, the in-process engine and a simulation can each
 * stand behind it. Nothing here rejects because a scope was cancelled: a call then ends as `cancelled` (or with its
 * answer, if that was quicker), a sleep as `false`, a question as `cancelled`, a wait (`park`, `until`) just ends, so that
 * an abandoned pass can be drained.
 */
export interface Engine {
  /** Milliseconds since the epoch, the same in a replay. */
  now(): number;
  /** What the chain function reads as the time, in milliseconds since the epoch: also the same where there is no history to replay. */
  reading(): number;
  /** In [0, 1), the same in a replay. */
  random(): number;
  /** True when the time has passed, false when the scope was cancelled. */
  sleep(ms: number): Promise<boolean>;
  perform(request: CallRequest): Promise<CallResult>;
  ask(request: AskRequest, notes: Note[]): Promise<Answer>;
  /** Resolves when the cause may be gone: told by a person, or after its time, or when the scope was cancelled. */
  park(cause: Parked, notes: Note[]): Promise<void>;
  /** Run in a cancellation scope of its own. */
  scope(run: () => Promise<void>): { cancel(): void };
  /** Call once when somebody cancels the run (at once if that was before), before anything in flight ends as cancelled. */
  onCancel(listener: () => void): void;
  /** Resolves when the condition holds (looked at after every change), or when the scope was cancelled. */
  until(condition: () => boolean): Promise<void>;
  /** Asked before a step, when nothing is under way: is this the moment to go on elsewhere, because the history is long, or the step waits? */
  crowded(step: string): boolean;
}
