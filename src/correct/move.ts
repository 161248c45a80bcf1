import type { ErrorCode } from '../errors.ts';
import type { PinnedCritic } from '../shapes/plan.ts';
import type { Unanswered } from '../shapes/outcome.ts';
import type { Remedy } from '../shapes/rung.ts';
import type { Usage } from '../shapes/usage.ts';
import type { Verdict } from '../shapes/verdict.ts';
import type { Hint, Refusal } from './state.ts';

/** What the engine does next for one step. */
export type Move =
  /**
   * Make a draft: ask the model, the sources, or the world. `role`: the model in use, null for the planned one. `judges`: who
   * looks at it in the same breath.
   */
  | {
      move: 'attempt';
      attempt: number;
      answer: number;
      remedy: Remedy;
      role: string | null;
      hint: Hint | null;
      widen: boolean;
      judges: PinnedCritic[];
    }
  /** Draw drafts side by side. `vote`: whose key says which of them agree, null where a judge looks at each. */
  | { move: 'sample'; drafts: Extract<Move, { move: 'attempt' }>[]; vote: { rung: number | null } | null }
  /** Let a critic look at the draft of this attempt. `turn` numbers the tries of this critic. */
  | { move: 'judge'; attempt: number; critic: PinnedCritic; turn: number }
  /** Make calls that the model asked for in its turn, all at once; what is `refused` is only recorded. `try` numbers the tries of each. */
  | { move: 'tool'; attempt: number; turn: number; calls: { n: number; try: number; refused: Refusal | null }[] }
  /** Tell the model what its calls gave, and let it go on. `last`: it must answer now. */
  | { move: 'turn'; attempt: number; turn: number; try: number; role: string | null; hint: Hint | null; widen: boolean; last: boolean }
  | { move: 'wait'; ms: number }
  /**
   * Ask a person. `candidate`: the attempt whose output is proposed, null when there is none. `wanted`: it is about that call of
   * the model's latest turn.
   */
  | { move: 'ask'; ask: number; queue: string; candidate: number | null; verdicts: Verdict[]; why: string; wanted?: number }
  | { move: 'backtrack'; to: { step: string; occurrence: number }; verdicts: Verdict[] }
  /** `edited`: a person's own value stands in for an attempt's output. `given`: accepted without a call. */
  | { move: 'accept'; attempt: number | null; how: 'accepted' | 'accepted_under_exhaustion' | 'edited' | 'given' }
  | { move: 'block'; code: ErrorCode; message: string; retry_after_ms: number | null }
  | { move: 'fail'; code: ErrorCode; message: string };

/** A draft's answer. `judged`: so many critics were called with it; the bill is for all of them. */
interface Answered {
  event: 'answered';
  output: string;
  verdicts: Verdict[];
  usage: Usage | null;
  cost_usd: number | null;
  judged?: number;
}

/** `bug`: code of the chain's author failed, so that asking again would change nothing. */
export interface Silent {
  event: 'silent';
  bug?: true;
  /** The provider is down and was not asked: another one may be asked at once. */
  left_alone?: true;
  outcome: Unanswered;
  message: string;
  retry_after_ms: number | null;
  usage: Usage | null;
  cost_usd: number | null;
}

/** The build cannot make this call: a name in the plan is unknown, the input does not fit. */
interface Stuck {
  event: 'stuck';
  code: ErrorCode;
  message: string;
}

/** What became of one of several drafts. `looks`: what the judge said who was asked with it, `silent` where nothing came. */
export type Sampled = { attempt: number } & ((Answered & { key: string; looks: Verdict[] | 'silent' | null }) | Silent | Stuck);

/** What has happened to one step. `at`: ms since the epoch, from the engine. */
export type Happening = { step: string; occurrence: number; at: number } &
  /** The chain called the step. `hint`: what a verdict that blamed its last occurrence said; `value`: hash of the input. */
  (
    | { event: 'called'; lineage: string; pass: number; size: number; value: string; hint: Hint | null; remedy: 'first' | 'backtrack' }
    | Answered
    | Silent
    | Stuck
    | { event: 'sampled'; drafts: Sampled[] }
    /** The model asks for calls. `mark`: hash of tool and arguments; `bytes`: how much it said. */
    | {
        event: 'wanted';
        calls: { tool: string; mark: string; fits: boolean }[];
        bytes: number;
        usage: Usage | null;
        cost_usd: number | null;
      }
    /** What became of the calls of the move `tool`, in its order. `bytes`: how much the model will be told. */
    | { event: 'told'; results: ('given' | 'failed' | 'lost')[]; bytes: number; usage: null; cost_usd: number | null }
    | { event: 'waited' }
    | { event: 'resumed' }
    | { event: 'decided'; decision: 'approve' | 'edit' | 'reject' | 'respond' | 'expired'; verdict: Verdict; value: string }
  );
