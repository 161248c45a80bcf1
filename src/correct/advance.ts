/**
 * The loop. A step is called; its draft is answered or not; checks and critics give verdicts; the outcome picks the
 * next rung of the ladder; a person ends what the machine cannot settle.
 *
 *   advance(plan, state, happening) -> { state, move, outcome }
 *
 * Pure and finite: no clock, no randomness, no I/O. The same function runs under Temporal, in the in-process engine and
 * in simulations, so its behaviour can be enumerated exactly (C2).
 *
 * 1. Only verdicts accept, and all of them must pass (C1, C9).
 * 2. Every call is reserved from the one budget before it is made; what was not spent is given back (C3).
 * 3. A call that brought no answer is made again after a wait, with a cap of its own; then another model; then parked (C12).
 * 4. Caps of rungs count over all passes; the same rejected text twice in a row ends its rung (C3).
 * 5. Without money or time the ladder's last rung decides; that is never an acceptance by itself (C9).
 */
import type { OutcomeKind } from '../shapes/outcome.ts';
import type { Plan } from '../shapes/plan.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { affords, draftCall, estimate, machineTime, outOfTime, reserve, settle } from './budget.ts';
import { fraction } from './canonical.ts';
import { barred, blamed, blameOf, choose, ladderOf, use, usesOf, type Turn } from './ladder.ts';
import type { Happening, Move } from './move.ts';
import { sliceKey, withSlice, type Hint, type OpenCall, type RunState, type Slice } from './state.ts';
import { curesOf, isContent } from './table.ts';

export interface Advance { state: RunState; move: Move; outcome: OutcomeKind | null }
type Decided = { turn: Turn; move: Move; outcome?: OutcomeKind };
type Of<E extends Happening['event']> = Extract<Happening, { event: E }>;

export function advance(plan: Plan, before: RunState, happening: Happening): Advance {
  const state = happening.event === 'called' ? open(before, happening) : before;
  const slice = state.slices[sliceKey(happening.step, happening.occurrence)];
  const step = plan.steps[happening.step];
  if (!slice || !step) throw new Error(`the loop knows no ${happening.step}/${happening.occurrence}`);
  const { turn, move, outcome } = respond(settled({ plan, step, state, slice, at: happening.at }, happening), happening);
  return { state: clocked(turn, move), move, outcome: outcome ?? null };
}

function respond(turn: Turn, happening: Happening): Decided {
  switch (happening.event) {
    case 'called': return start(turn, happening);
    case 'answered': return judge(turn.slice.last === 'critic' ? judged(turn, happening.verdicts) : edit(turn, { silent: 0, output: happening.output, verdicts: happening.verdicts, critic: 0, criticTry: 1 }));
    case 'silent': return turn.slice.last === 'critic' ? criticSilent(turn, happening) : draftSilent(turn, happening);
    case 'stuck': return block(turn.slice.last === 'critic' ? turn : edit(turn, { attempt: turn.slice.attempt - 1, answers: turn.slice.answers - 1 }), happening.code, happening.message);
    case 'waited': case 'resumed': return again(edit(turn, happening.event === 'resumed' ? { silent: 0 } : {}));
    case 'decided': return turn.step.kind === 'review' ? returned(turn, happening) : helped(turn, happening);
  }
}

/** Book what the call took. */
function settled(turn: Turn, happening: Happening): Turn {
  const { call } = turn.slice;
  if (call === null) return turn;
  const bill = 'cost_usd' in happening
    ? { ...happening, answered: happening.event === 'answered' || isContent(happening.outcome) }
    : { usage: null, cost_usd: 0, answered: false };
  return edit({ ...turn, state: settle(turn.state, call, bill) }, { call: null, last: call.name });
}

/** A critic's verdicts join those on the draft; its turn is over. */
const judged = (turn: Turn, verdicts: Verdict[]): Turn =>
  edit(turn, { silent: 0, verdicts: [...turn.slice.verdicts, ...verdicts], critic: turn.slice.critic + 1, criticTry: 1 });

/**
 * Give up a slice whose pass was abandoned: what it had reserved comes back and it is not at work any more.
 * Its rows stay, its caps stay used.
 */
export function abandon(state: RunState, key: string, at: number): RunState {
  const slice = state.slices[key];
  if (!slice || slice.done) return state;
  const released = slice.call === null ? state : settle(state, slice.call, { usage: null, cost_usd: 0, answered: false });
  const kept = withSlice(released, { ...slice, call: null, busy: false });
  if (!slice.busy) return kept;
  return { ...kept, clock: { busy: kept.clock.busy - 1, since: at, total: machineTime(kept, at) } };
}

function open(state: RunState, { step, occurrence, lineage, size, hint, remedy, value }: Of<'called'>): RunState {
  const slice: Slice = {
    step, occurrence, lineage, size, hint, remedy, seq: state.seq + 1, attempt: 0, answers: 0, silent: 0, parks: 0, rung: null, role: null, widen: false,
    call: null, last: 'draft', critic: 0, criticTry: 1, output: value, verdicts: [], lastRejected: null, candidate: null, asks: 0, busy: false, done: false,
  };
  return withSlice({ ...state, seq: state.seq + 1, counts: { ...state.counts, [step]: occurrence } }, slice);
}

const edit = (turn: Turn, change: Partial<Slice>): Turn => ({ ...turn, slice: { ...turn.slice, ...change } });

function start(turn: Turn, { value, hint, remedy }: Of<'called'>): Decided {
  if (turn.step.kind === 'review') {
    if (turn.state.approved.includes(`${turn.step.of}:${value}`)) return accept(turn, 'given', null);
    return ask(turn, 'a person approves every answer of this step');
  }
  if (turn.step.kind === 'act') return attempt({ ...turn, state: { ...turn.state, acts: [...turn.state.acts, turn.slice.seq] } }, { remedy });
  return attempt(turn, { remedy, hint });
}

/** Make the next draft, if the budget allows it. */
function attempt(turn: Turn, change: Partial<Slice>): Decided {
  const next = edit(turn, { hint: null, widen: false, ...change, attempt: turn.slice.attempt + 1 });
  const call = draftCall(next.step, next.slice);
  if (!affords(next.plan, next.state, call) || (turn.step.kind !== 'act' && outOfTime(next.plan, next.state, next.at))) return broke(turn);
  const ready = edit({ ...next, state: reserve(next.state, call) }, { call, answers: next.slice.answers + 1, output: null, verdicts: [] });
  const { slice } = ready;
  const move: Move = { move: 'attempt', attempt: slice.attempt, answer: slice.answers, remedy: slice.remedy, role: slice.role, hint: slice.hint, widen: slice.widen };
  return { turn: ready, move };
}

/** Verdicts so far decide: a failure or a doubt goes to the ladder; then the next critic; all passed: accepted. */
function judge(turn: Turn): Decided {
  const { slice, step } = turn;
  if (slice.verdicts.some((verdict) => verdict.verdict === 'fail')) return climb(turn, 'rejected');
  if (slice.verdicts.length === 0 || slice.verdicts.some((verdict) => verdict.verdict === 'unsure')) return climb(turn, 'unsure');
  const critic = step.kind === 'generate' ? step.critics[slice.critic] : undefined;
  if (critic === undefined || step.kind !== 'generate') return { ...accept(turn, 'accepted', slice.attempt), outcome: 'accepted' };
  const chars = critic.prompt.chars + slice.size + 3 * step.model.max_output_tokens;
  const call: OpenCall = { name: 'critic', ...estimate(critic.model, chars, false), attempts: 0 };
  if (!affords(turn.plan, turn.state, call) || outOfTime(turn.plan, turn.state, turn.at)) return broke(doubt(turn, critic.name, 'no budget is left to judge this answer'));
  return { turn: edit({ ...turn, state: reserve(turn.state, call) }, { call }), move: { move: 'judge', attempt: slice.attempt, critic, turn: slice.criticTry } };
}

const doubt = (turn: Turn, critic: string, reason: string): Turn => {
  const verdict: Verdict = { critic, version: '-', verdict: 'unsure', score: null, reason, at: null, blames: null, evidence: [] };
  return edit(turn, { verdicts: [...turn.slice.verdicts, verdict] });
};

/** The answer is not accepted: which rung now? */
function climb(turn: Turn, outcome: OutcomeKind): Decided {
  const { slice } = turn;
  const repeated = outcome === 'rejected' && slice.output !== null && slice.output === slice.lastRejected && slice.rung !== null;
  const noted = edit(repeated ? use(turn, slice.rung ?? 0, true) : turn, {
    candidate: better(slice), lastRejected: outcome === 'rejected' ? slice.output : slice.lastRejected,
  });
  const index = choose(noted, outcome);
  return { ...(index === null ? fail(noted, 'ladder_exhausted', reasonOf(slice, outcome)) : take(noted, index, outcome)), outcome };
}

/** The better of the best so far and this answer: fewer failures, then fewer doubts, then the later one. */
function better(slice: Slice): Slice['candidate'] {
  if (slice.output === null) return slice.candidate;
  const rank = slice.verdicts.reduce((sum, verdict) => sum + (verdict.verdict === 'fail' ? 100 : verdict.verdict === 'unsure' ? 1 : 0), 0);
  if (slice.candidate !== null && slice.candidate.rank < rank) return slice.candidate;
  return { attempt: slice.attempt, rank, output: slice.output, verdicts: slice.verdicts };
}

function take(turn: Turn, index: number, outcome: OutcomeKind): Decided {
  const rung = ladderOf(turn.step)[index];
  const used = use(turn, index);
  const { slice } = turn;
  const hint: Hint = { previous: slice.attempt, verdicts: slice.verdicts.filter((verdict) => verdict.verdict !== 'pass') };
  switch (rung?.rung) {
    case 'reask': return attempt(used, { rung: index, remedy: 'reask', hint, widen: outcome === 'truncated' });
    case 'revise': return attempt(used, { rung: index, remedy: 'revise', hint });
    case 'resample': return attempt(used, { rung: index, remedy: 'resample' });
    case 'model': return attempt(used, { rung: index, remedy: 'model', role: rung.model, silent: 0 });
    case 'backtrack': return back(used, hint.verdicts);
    default: return end(turn, reasonOf(slice, outcome), 'ladder_exhausted');
  }
}

function back(turn: Turn, verdicts: Verdict[]): Decided {
  const blame = blameOf(turn.slice);
  const target = blame === null ? null : blamed(turn, blame);
  if (target === null) return end(turn, 'the step to blame is not there any more', 'ladder_exhausted');
  return { turn, move: { move: 'backtrack', to: { step: target.step, occurrence: target.occurrence }, verdicts } };
}

const broke = (turn: Turn): Decided => ({
  ...end(edit(turn, { candidate: better(turn.slice) }), outOfTime(turn.plan, turn.state, turn.at)
    ? `the run used its ${Math.round(machineTime(turn.state, turn.at) / 1000)} s of machine time` : 'the budget of the run is spent', 'budget_exhausted'),
  ...(turn.slice.verdicts.some((verdict) => verdict.verdict === 'unsure') && !turn.slice.verdicts.some((verdict) => verdict.verdict === 'fail') ? { outcome: 'unsure' as const } : {}),
});

/** The last rung: a person, the best candidate on the record as such, or failure. */
function end(turn: Turn, why: string, code: 'budget_exhausted' | 'ladder_exhausted'): Decided {
  const ladder = ladderOf(turn.step);
  const last = ladder.at(-1);
  const { candidate } = turn.slice;
  if (last?.rung === 'best' && candidate !== null) {
    return { ...accept(edit(turn, { output: candidate.output }), 'accepted_under_exhaustion', candidate.attempt) };
  }
  if (last?.rung === 'human') return usesOf(turn, ladder.length - 1) < last.cap ? ask(use(turn, ladder.length - 1), why) : fail(turn, 'rejected_by_person', why);
  return fail(turn, code, why);
}

function ask(turn: Turn, why: string): Decided {
  const { slice, step } = turn;
  const last = ladderOf(step).at(-1);
  const queue = step.kind === 'review' ? step.queue : last?.rung === 'human' ? last.queue : 'default';
  const asked = edit(turn, { asks: slice.asks + 1 });
  const produced = step.kind === 'review' ? blamed(turn, { step: step.of, occurrence: null }, slice.output) : null;
  const verdicts = produced?.verdicts ?? slice.candidate?.verdicts ?? slice.verdicts;
  return { turn: asked, move: { move: 'ask', ask: asked.slice.asks, queue, candidate: slice.candidate?.attempt ?? null, verdicts, why } };
}

/** What a person said to a question of the rung `human`. */
function helped(turn: Turn, { decision, verdict, value }: Of<'decided'>): Decided {
  const approved: Turn = { ...turn, state: { ...turn.state, approved: [...turn.state.approved, `${turn.slice.step}:${value}`] } };
  if (decision === 'approve') return accept(edit(approved, { output: value }), 'accepted', turn.slice.candidate?.attempt ?? null);
  if (decision === 'edit') return accept(edit(approved, { output: value }), 'edited', null);
  if (decision === 'expired') return fail(turn, 'review_expired', 'nobody decided in time');
  const index = ladderOf(turn.step).length - 1;
  if (usesOf(turn, index) >= (ladderOf(turn.step)[index]?.cap ?? 0)) return fail(turn, 'rejected_by_person', verdict.reason);
  return attempt(turn, { rung: index, remedy: 'human', hint: { previous: turn.slice.candidate?.attempt ?? null, verdicts: [verdict] } });
}

/** What a person said in a review step: to send back is a verdict that blames the step whose answer it is (C7). */
function returned(turn: Turn, { decision, verdict, value }: Of<'decided'>): Decided {
  if (turn.step.kind !== 'review') throw new Error(`${turn.slice.step} is no review`);
  if (decision === 'approve' || decision === 'edit') return accept(edit(turn, { output: value }), decision === 'edit' ? 'edited' : 'accepted', null);
  if (decision === 'expired') return fail(turn, 'review_expired', 'nobody decided in time');
  if (usesOf(turn, 0) >= turn.step.returns) return fail(turn, 'rejected_by_person', verdict.reason);
  const used = use(turn, 0);
  const target = blamed(turn, { step: turn.step.of, occurrence: null }, turn.slice.output);
  if (target === null || barred(turn, target)) return ask(used, `sent back, but ${turn.step.of} cannot be done again after an effect went out: approve or edit`);
  return { turn: used, move: { move: 'backtrack', to: { step: target.step, occurrence: target.occurrence }, verdicts: [verdict] } };
}

function draftSilent(turn: Turn, happening: Of<'silent'>): Decided {
  const { outcome, message } = happening;
  if (isContent(outcome) && turn.step.kind === 'generate') return climb(doubtful(turn, happening), outcome);
  const unanswered = edit(turn, { answers: turn.slice.answers - 1 });
  const retried = waitOrNull(unanswered, happening);
  if (retried !== null) return { ...retried, outcome };
  const index = choose(unanswered, outcome);
  const rung = index === null ? undefined : ladderOf(turn.step)[index];
  if (index !== null && rung?.rung === 'model') return { ...take(unanswered, index, outcome), outcome };
  return { ...block(unanswered, parkCode(turn, outcome), message), outcome };
}

/** An answer that cannot be used says why, so that the next attempt sees just that. */
const doubtful = (turn: Turn, { outcome, message }: Of<'silent'>): Turn =>
  edit(turn, { silent: 0, verdicts: [{ critic: 'schema', version: '1', verdict: 'fail', score: null, reason: `${outcome}: ${message}`, at: null, blames: null, evidence: [] }] });

/** A critic without an answer: its provider's trouble is retried on the same draft; nonsense has passed nothing (C9). */
function criticSilent(turn: Turn, happening: Of<'silent'>): Decided {
  const critic = turn.step.kind === 'generate' ? turn.step.critics[turn.slice.critic] : undefined;
  if (isContent(happening.outcome)) return judge(doubt(turn, critic?.name ?? 'critic', `the critic gave no verdict (${happening.outcome})`));
  const next = edit(turn, { criticTry: turn.slice.criticTry + 1 });
  return waitOrNull(next, happening) ?? block(next, parkCode(turn, happening.outcome), happening.message);
}

/** Wait and try again, while the cap for silence allows it. */
function waitOrNull(turn: Turn, { outcome, retry_after_ms }: Of<'silent'>): Decided | null {
  if (!curesOf(outcome).includes('again')) return null;
  const silent = turn.slice.silent + 1;
  const { limits, seed } = turn.plan;
  if (silent >= limits.silent_tries) return null;
  const spread = 1 + fraction(`${seed}/${turn.slice.seq}/${silent}`) / 2;
  const ms = outcome === 'abandoned' ? 0 : Math.min(limits.max_wait_ms, retry_after_ms ?? Math.round(1000 * 2 ** silent * spread));
  const waiting = edit(turn, { silent });
  return ms === 0 ? again(waiting) : { turn: waiting, move: { move: 'wait', ms } };
}

/** The same call once more: the critic on the same draft, or the draft with the same advice. */
function again(turn: Turn): Decided {
  if (turn.slice.last === 'critic') return judge(turn);
  const { hint, widen } = turn.slice;
  return attempt(turn, { remedy: 'retry', hint, widen });
}

const parkCode = (turn: Turn, outcome: OutcomeKind): 'auth' | 'spend_cap' | 'model_gone' | 'too_large' | 'effect_failed' | 'provider_down' => {
  if (turn.step.kind === 'act') return 'effect_failed';
  return outcome === 'auth' || outcome === 'spend_cap' || outcome === 'model_gone' || outcome === 'too_large' ? outcome : 'provider_down';
};

/** Parked causes that go away by themselves are tried again after 1, 2, 4 … 60 minutes, for about a month (C11). */
const mostParks = 750;
const heals: ReadonlySet<string> = new Set(['provider_down', 'spend_cap', 'auth', 'model_gone', 'effect_failed', 'tool_missing']);
function block(turn: Turn, code: Extract<Move, { move: 'block' }>['code'], message: string): Decided {
  if (turn.slice.parks >= mostParks) return fail(turn, code, message);
  const retry_after_ms = heals.has(code) ? Math.min(3_600_000, 60_000 * 2 ** turn.slice.parks) : null;
  return { turn: edit(turn, { parks: turn.slice.parks + 1 }), move: { move: 'block', code, message, retry_after_ms } };
}

const accept = (turn: Turn, how: Extract<Move, { move: 'accept' }>['how'], from: number | null): Decided => ({
  turn: edit(turn, { done: true }), move: { move: 'accept', attempt: from, how },
  ...(how === 'accepted_under_exhaustion' ? { outcome: 'accepted_under_exhaustion' as const } : {}),
});

const fail = (turn: Turn, code: Extract<Move, { move: 'fail' }>['code'], message: string): Decided =>
  ({ turn: edit(turn, { done: true }), move: { move: 'fail', code, message } });

const reasonOf = (slice: Slice, outcome: OutcomeKind): string =>
  slice.verdicts.find((verdict) => verdict.verdict !== 'pass')?.reason ?? `the answer was ${outcome}`;

/** Keep the machine's clock: it runs while any slice is at work (C3). */
function clocked({ state, slice, at }: Turn, move: Move): RunState {
  const busy = move.move === 'attempt' || move.move === 'judge' || move.move === 'wait';
  const kept = withSlice(state, { ...slice, busy });
  const count = state.clock.busy + Number(busy) - Number(slice.busy);
  if (count === state.clock.busy) return kept;
  const total = machineTime(state, at);
  return { ...kept, clock: { busy: count, since: at, total } };
}
