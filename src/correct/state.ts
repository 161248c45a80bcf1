import type { OutcomeKind } from '../shapes/outcome.ts';
import type { Remedy } from '../shapes/rung.ts';
import type { Verdict } from '../shapes/verdict.ts';

/** What a new attempt is told: which attempt's output it sees again (null: a fresh context), and the verdicts. */
export interface Hint {
  previous: number | null;
  verdicts: Verdict[];
}

/** The call that is under way, and what was reserved for it. */
export interface OpenCall {
  name: 'draft' | 'critic' | 'turn' | 'tool';
  usd: number;
  tokens: number;
  attempts: number;
}

/** A draft that counts. `key`: answers with the same one agree; `looks`: how often the judge was asked together with the draft; `looked`: it has said its verdict. */
export interface Sample {
  attempt: number;
  key: string;
  output: string;
  verdicts: Verdict[];
  looks: number;
  looked: boolean;
}

/** Drafts side by side, until one of them goes on. */
export interface Samples {
  /** Index of the rung that draws them, null: the step begins so. */
  from: number | null;
  begun: number;
  /** Those without an answer yet: the number among the answers, and of the row where one is to be written. */
  open: { answer: number; attempt: number | null }[];
  counted: Sample[];
  /** The last one that was thrown out. */
  flagged: { attempt: number; outcome: OutcomeKind; output: string | null; verdicts: Verdict[] } | null;
}

/**
 * A call that the model asked for. `ready`: to be made, or to be recorded as refused; `asks`: a write that no person has
 * allowed; `told`: the model will hear of it. `mark`: hash of tool and arguments. `refused`: it is not made, and why.
 */
export interface Wanted {
  tool: string;
  mark: string;
  status: 'ready' | 'asks' | 'told';
  refused: Refusal | null;
  tries: number;
}
/** It does not fit; a person said no; it was settled before. */
export type Refusal = 'misfit' | 'person' | 'before';

/** What a model with tools has said in the attempt that is under way. */
export interface Talk {
  /** Its turns so far, the draft is the first; `tries` of the latest. */
  turn: number;
  tries: number;
  /** Said and told since the prompt, in UTF-8 bytes: every turn is sent all of it. */
  bytes: number;
  wanted: Wanted[];
  /** Which of them a person is asked about. */
  asking: number | null;
}

/** A step's part of the run's state: one occurrence. */
export interface Slice {
  step: string;
  occurrence: number;
  /** The place in the chain this call has in every pass: caps of rungs count here. */
  lineage: string;
  /** The latest pass that had this answer, from memory or anew: only such an answer can be blamed. */
  pass: number;
  /** Order of calls in the run: blame that lies before an effect asks a person (C6). */
  seq: number;
  /** Length of the input in UTF-8 bytes, for the estimate. */
  size: number;
  /** Number of rows so far; number of answers so far (the attempt number that is evidence). */
  attempt: number;
  answers: number;
  /** Calls in a row that brought no answer. */
  silent: number;
  /** How often this occurrence was parked: waits grow. */
  parks: number;
  /** Index of the rung that caused the current attempt, null for the first. */
  rung: number | null;
  remedy: Remedy;
  /** Role of the model in use, null: the planned one. */
  role: string | null;
  hint: Hint | null;
  /** What a later step or a person said against the answer of this step: every attempt is told. */
  standing: Verdict[];
  widen: boolean;
  call: OpenCall | null;
  /** Which call brought the last result: it is the one to make again after a wait. */
  last: OpenCall['name'];
  critic: number;
  /** So many critics were called together with the draft: they are paid for. */
  judged?: number;
  criticTry: number;
  samples?: Samples | null;
  /** The attempt that is looked at, where it is not the latest. */
  shown?: number | null;
  output: string | null;
  verdicts: Verdict[];
  lastRejected: string | null;
  candidate: { attempt: number; rank: number; output: string; verdicts: Verdict[] } | null;
  talk?: Talk | null;
  /** How much was said and told on the way to this answer, in bytes: critics may be shown what tools found. */
  found?: number;
  /** What became of writes, by mark, in all attempts: a decision stands for identical bytes, and what went out is not sent again. */
  writes?: Record<string, 'allowed' | 'done' | 'refused'>;
  asks: number;
  busy: boolean;
  done: boolean;
}

/** The state of a run. Plain data: it is carried over by continue-as-new. Money in USD, times in ms since the epoch. */
export interface RunState {
  spent: { usd: number; tokens: number; attempts: number };
  reserved: { usd: number; tokens: number; attempts: number };
  /** Machine time: how many slices are busy, since when, and the total before that. */
  clock: { busy: number; since: number; total: number };
  slices: Record<string, Slice>;
  /** Occurrences of a step so far. */
  counts: Record<string, number>;
  /** Uses of each rung by lineage, over all passes. */
  used: Record<string, number[]>;
  /** Sequence numbers of effects that may have gone out. */
  acts: number[];
  seq: number;
  /** What a person accepted on the rung `human`: `step:hash` (no second approval byte for byte, C7). */
  approved: string[];
}

export const newState = (): RunState => ({
  spent: { usd: 0, tokens: 0, attempts: 0 },
  reserved: { usd: 0, tokens: 0, attempts: 0 },
  clock: { busy: 0, since: 0, total: 0 },
  slices: {},
  counts: {},
  used: {},
  acts: [],
  seq: 0,
  approved: [],
});

export const shownOf = (slice: Slice): number => slice.shown ?? slice.attempt;

export const sliceKey = (step: string, occurrence: number): string => `${step}/${occurrence}`;

/** The occurrence a new call of the step will have. */
export const nextOccurrence = (state: RunState, step: string): number => (state.counts[step] ?? 0) + 1;

export const withSlice = (state: RunState, slice: Slice): RunState => ({
  ...state,
  slices: { ...state.slices, [sliceKey(slice.step, slice.occurrence)]: slice },
});

/** A later pass was answered from memory with what this slice gave. */
export function recall(state: RunState, key: string, pass: number): RunState {
  const slice = state.slices[key];
  return slice ? withSlice(state, { ...slice, pass }) : state;
}

/** What is known of a call of a step. */
interface Called extends Pick<Slice, 'step' | 'occurrence' | 'lineage' | 'pass' | 'size' | 'remedy' | 'hint'> {
  value: string;
}

/** The chain called the step: a new occurrence. A review shows its input; other steps have no output yet. */
export function opened(state: RunState, called: Called, isReview: boolean): RunState {
  const { step, occurrence, lineage, pass, size, hint, remedy, value } = called;
  const slice: Slice = {
    step,
    occurrence,
    lineage,
    pass,
    seq: state.seq + 1,
    size,
    remedy,
    attempt: 0,
    answers: 0,
    silent: 0,
    parks: 0,
    rung: null,
    role: null,
    hint: hint && { ...hint, verdicts: [] },
    standing: hint?.verdicts ?? [],
    widen: false,
    call: null,
    last: 'draft',
    critic: 0,
    criticTry: 1,
    output: isReview ? value : null,
    verdicts: [],
    lastRejected: null,
    candidate: null,
    asks: 0,
    busy: false,
    done: false,
  };
  return withSlice({ ...state, seq: state.seq + 1, counts: { ...state.counts, [step]: occurrence } }, slice);
}
