/** The moves the loop can make from where a step stands. None of them decides which: that is advance.ts. */
import type { OutcomeKind } from '../shapes/outcome.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { breathCall } from './breath.ts';
import { affords, draftCall, machineTime, outOfTime, reserve } from './budget.ts';
import { blamed, ladderOf, use, usesOf, type Turn } from './ladder.ts';
import type { Move } from './move.ts';
import { shownOf, type Hint, type Slice } from './state.ts';

/** `ruled`: what became of attempts, where that is decided now. */
export interface Decided {
  turn: Turn;
  move: Move;
  ruled?: Ruling[];
}
/** `verdict`: what the loop itself says of an attempt. */
export type Ruling = { attempt: number } & ({ outcome: OutcomeKind } | { verdict: Verdict });
export type MoveOf<M extends Move['move']> = Extract<Move, { move: M }>;

export const edit = (turn: Turn, change: Partial<Slice>): Turn => ({ ...turn, slice: { ...turn.slice, ...change } });

export const accept = (turn: Turn, how: MoveOf<'accept'>['how'], from: number | null): Decided => ({
  turn: edit(turn, { done: true }),
  move: { move: 'accept', attempt: from, how },
});

export const fail = (turn: Turn, code: MoveOf<'fail'>['code'], message: string): Decided => ({
  turn: edit(turn, { done: true }),
  move: { move: 'fail', code, message },
});

/** Parked causes that go away by themselves are tried again after 1, 2, 4 … 60 minutes, for about a month (C11). */
const mostParks = 750;
const heals: ReadonlySet<string> = new Set(['provider_down', 'spend_cap', 'auth', 'model_gone', 'effect_failed', 'tool_missing']);
export function block(turn: Turn, code: MoveOf<'block'>['code'], message: string): Decided {
  if (turn.slice.parks >= mostParks) return fail(turn, code, message);
  const retry_after_ms = heals.has(code) ? Math.min(3_600_000, 60_000 * 2 ** turn.slice.parks) : null;
  return { turn: edit(turn, { parks: turn.slice.parks + 1 }), move: { move: 'block', code, message, retry_after_ms } };
}

export function ask(turn: Turn, why: string): Decided {
  const { slice, step } = turn;
  const last = ladderOf(step).at(-1);
  const queue = step.kind === 'review' ? step.queue : last?.rung === 'human' ? last.queue : 'default';
  const asked = edit(turn, { asks: slice.asks + 1 });
  const produced = step.kind === 'review' ? blamed(turn, { step: step.of, occurrence: null }, slice.output) : null;
  const verdicts = produced?.verdicts ?? slice.candidate?.verdicts ?? slice.verdicts;
  return { turn: asked, move: { move: 'ask', ask: asked.slice.asks, queue, candidate: slice.candidate?.attempt ?? null, verdicts, why } };
}

/** The last rung: a person, the best candidate on the record as such, or failure. */
export function end(turn: Turn, why: string, code: 'budget_exhausted' | 'ladder_exhausted'): Decided {
  const ladder = ladderOf(turn.step);
  const last = ladder.at(-1);
  const { candidate } = turn.slice;
  if (last?.rung === 'best' && candidate !== null)
    return accept(edit(turn, { output: candidate.output }), 'accepted_under_exhaustion', candidate.attempt);
  if (last?.rung === 'human' && usesOf(turn, ladder.length - 1) < last.cap) return ask(use(turn, ladder.length - 1), why);
  return fail(turn, code, why);
}

/** There is no budget for the next call. */
export function broke(turn: Turn): Decided {
  const why = outOfTime(turn.plan, turn.state, turn.at)
    ? `the run used its ${Math.round(machineTime(turn.state, turn.at) / 1000)} s of machine time`
    : 'the budget of the run is spent';
  return end(edit(turn, { candidate: better(turn.slice) }), why, 'budget_exhausted');
}

/** Make the next draft, if the budget allows it. An effect is not stopped by the clock: it is what the time was for. */
export function attempt(turn: Turn, change: Partial<Slice>): Decided {
  const { plan, step } = turn;
  const next = edit(turn, { hint: null, widen: false, samples: null, shown: null, ...change, attempt: turn.slice.attempt + 1 });
  const hint = withStanding(next.slice);
  const draft = draftCall(next.step, next.slice, hint);
  const breath =
    plan.loop >= 2 && step.kind === 'generate' && step.critics.length > 0
      ? breathCall(step, next.slice, { draft, judges: step.critics })
      : null;
  const together = breath !== null && affords(plan, next.state, breath);
  const call = together ? breath : draft;
  if (!affords(plan, next.state, call) || (step.kind !== 'act' && outOfTime(plan, next.state, next.at))) return broke(turn);
  const ready = edit({ ...next, state: reserve(next.state, call) }, { call, answers: next.slice.answers + 1, output: null, verdicts: [] });
  const { slice } = ready;
  return {
    turn: ready,
    move: {
      move: 'attempt',
      attempt: slice.attempt,
      answer: slice.answers,
      remedy: slice.remedy,
      role: slice.role,
      hint,
      widen: slice.widen,
      judges: together && step.kind === 'generate' ? step.critics : [],
    },
  };
}

/** What a later step or a person said holds for every attempt: a mere misfit of form must not make the loop forget it. */
export function withStanding({ hint, standing }: Slice): Hint | null {
  if (standing.length === 0) return hint;
  return { previous: hint?.previous ?? null, verdicts: [...(hint?.verdicts ?? []), ...standing] };
}

/** The better of the best so far and this answer: fewer failures, then fewer doubts, then the later one. */
export function better(slice: Slice): Slice['candidate'] {
  if (slice.output === null) return slice.candidate;
  const rank = slice.verdicts.reduce((sum, { verdict }) => sum + (verdict === 'fail' ? 100 : verdict === 'unsure' ? 1 : 0), 0);
  if (slice.candidate !== null && slice.candidate.rank < rank) return slice.candidate;
  return { attempt: shownOf(slice), rank, output: slice.output, verdicts: slice.verdicts };
}

const loopVerdict = (critic: string, of: Pick<Verdict, 'version' | 'verdict' | 'reason'>): Verdict => ({
  critic,
  ...of,
  score: null,
  at: null,
  blames: null,
  evidence: [],
});

/** An answer that cannot be used says why, so that the next attempt sees just that. */
export const misfit = ({ outcome, message }: { outcome: OutcomeKind; message: string }): Verdict =>
  loopVerdict('schema', { version: '1', verdict: 'fail', reason: `${outcome}: ${message}` });

export const doubtOf = (critic: string, reason: string): Verdict => loopVerdict(critic, { version: '-', verdict: 'unsure', reason });

export const doubt = (turn: Turn, critic: string, reason: string): Turn =>
  edit(turn, { verdicts: [...turn.slice.verdicts, doubtOf(critic, reason)] });

export const ruling = (slice: Slice, outcome: OutcomeKind): Ruling[] => [{ attempt: shownOf(slice), outcome }];

export const reasonOf = (slice: Slice, outcome: OutcomeKind): string =>
  slice.verdicts.find((verdict) => verdict.verdict !== 'pass')?.reason ?? `the answer was ${outcome}`;
