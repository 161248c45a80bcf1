import type { ErrorCode } from '../errors.ts';
import type { Advice } from './advice.ts';
import type { OutcomeKind, Unanswered } from './outcome.ts';
import type { SourceReport } from './passage.ts';
import type { PinnedCritic, PinnedModel } from './plan.ts';
import type { Remedy } from './rung.ts';
import type { TalkTurn, ToolResult, WantedCall } from './talk.ts';
import type { Usage } from './usage.ts';
import type { Verdict } from './verdict.ts';

/**
 * The fence of one call (C5): one row a key, ever. `call` is `draft`, `critic/<name>/<try>`, and where a model has tools
 * `turn/<turn>/<try>` for what it says after the draft, `tool/<turn>/<n>/<name>/<try>` for the n-th call of a turn.
 */
export interface CallKey {
  run_id: string;
  step: string;
  occurrence: number;
  attempt: number;
  call: string;
}

/** What every call carries besides its own part. `notes` are facts of the reducer that reach the ledger with the next call. */
interface CallBase {
  key: CallKey;
  chain: string;
  pass: number;
  input: unknown;
  input_hash: string;
  remedy: Remedy;
  notes: Note[];
  deadline_ms: number;
}

export type CallRequest =
  | (CallBase & {
      kind: 'generate';
      model: PinnedModel;
      prompt: { name: string; version: string };
      advice: Advice | null;
      /** evidence number of the answer hoped for; null: it is the draft's */ answer: number | null;
      widen: boolean;
      checks: string[];
      /** Who looks at the draft in the same breath, in this order, as long as everything passes. */ judges?: PinnedCritic[];
      /** The answer is one of a vote, whose key says which answers agree: that of the rung with this index, null: the step's first. */ vote?: {
        rung: number | null;
      };
      /** The tools it may ask for, and what was said so far. `last`: it must answer now. */
      talk?: { tools: string[]; said: TalkTurn[]; last: boolean };
    })
  | (CallBase & { kind: 'retrieve'; advice: Advice | null; answer: number; sources: string[]; keep: number; checks: string[] })
  | (CallBase & { kind: 'critic'; critic: PinnedCritic; output: unknown; /** What tools gave in this attempt. */ found?: unknown[] })
  /** `refused`: why it is not made but only recorded, and what the model is told. `usd`: what it costs; absent: nothing. */
  | (CallBase & {
      kind: 'tool';
      tool: string;
      effect: 'reads' | 'writes';
      arguments: unknown;
      effect_key: string;
      usd?: number;
      refused: { why: 'misfit' | 'person' | 'before'; told: ToolResult } | null;
    })
  | (CallBase & { kind: 'act'; effect_key: string });

/** An answer, what came instead, or a call this build cannot make (no row then). Never a throw: only the world throws (C1). */
export type CallResult =
  | {
      type: 'answer';
      output: unknown;
      output_hash: string;
      verdicts: Verdict[];
      usage: Usage | null;
      cost_usd: number | null;
      sources?: SourceReport[];
      /** In a vote: answers with the same key are the same answer. */ vote_key?: string;
      /** What the first of the judges said, each a call with a row of its own. */ judged?: Exclude<CallResult, { type: 'stuck' }>[];
    }
  | {
      type: 'nothing';
      outcome: Unanswered;
      /** Code of the chain's author failed, not the world: the run waits for other code (C12). */ bug?: true;
      /** The provider is down and was not asked. */ left_alone?: true;
      message: string;
      retry_after_ms: number | null;
      output: unknown;
      usage: Usage | null;
      cost_usd: number | null;
    }
  /** The model asks for calls of tools before it answers. */
  | { type: 'calls'; text: string; calls: WantedCall[]; usage: Usage | null; cost_usd: number | null }
  | { type: 'stuck'; code: ErrorCode; message: string };

/** What the reducer decided about a row that is already in the ledger. Applied in order, idempotent. */
export type Note =
  | { note: 'outcome'; step: string; occurrence: number; attempt: number; outcome: OutcomeKind }
  /** What the loop itself says of an answer: how a vote went. */
  | { note: 'verdict'; step: string; occurrence: number; attempt: number; verdict: Verdict }
  | {
      note: 'step';
      step: string;
      occurrence: number;
      status: 'accepted' | 'failed' | 'superseded';
      attempt: number | null;
      superseded_by: number | null;
    };
