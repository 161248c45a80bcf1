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
import type { PinnedCritic, Plan, PlannedGenerate } from '../shapes/plan.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { affords, criticCall, outOfTime, reserve, settle, type Bill } from './budget.ts';
import { fraction } from './canonical.ts';
import { clocked } from './clock.ts';
import { helped, returned } from './decision.ts';
import { blamed, blameOf, choose, ladderOf, use, type Turn } from './ladder.ts';
import type { Happening, Move, Silent } from './move.ts';
import { elect, gather, judgeOf, looked, sample, shown, wave, waveBill, type Gathered } from './samples.ts';
import { opened, shownOf, sliceKey, type Hint, type RunState, type Sample, type Samples } from './state.ts';
import { allowedOrNot, converse, foundOn, isOver, silenced, speakAgain, told, triedOnce, wanted } from './talk.ts';
import { curesOf, isContent } from './table.ts';
import {
  accept,
  ask,
  attempt,
  better,
  block,
  broke,
  doubt,
  doubtOf,
  edit,
  end,
  fail,
  misfit,
  reasonOf,
  ruling,
  type Decided,
  type Ruling,
} from './turn.ts';

export interface Advance {
  state: RunState;
  move: Move;
  outcome: OutcomeKind | null;
  /** Everything that was decided of attempts. */
  ruled: Ruling[];
}
type Of<E extends Happening['event']> = Extract<Happening, { event: E }>;

/** `outcome` is what was decided last of an attempt, null while all are open. Throws for a step that was never called. */
export function advance(plan: Plan, before: RunState, happening: Happening): Advance {
  const step = plan.steps[happening.step];
  const state = happening.event === 'called' ? opened(before, happening, step?.kind === 'review') : before;
  const slice = state.slices[sliceKey(happening.step, happening.occurrence)];
  if (!slice || !step) throw new Error(`the loop knows no ${happening.step}/${happening.occurrence}`);
  const { turn, move, ruled = [] } = respond(settled({ plan, step, state, slice, at: happening.at }, happening), happening);
  const outcome = ruled.reduce<OutcomeKind | null>((last, one) => ('outcome' in one ? one.outcome : last), null);
  return { state: clocked(turn, move), move, outcome, ruled };
}

function respond(turn: Turn, happening: Happening): Decided {
  const ofCritic = turn.slice.last === 'critic';
  switch (happening.event) {
    case 'called':
      return start(turn, happening);
    case 'answered':
      return judge(ofCritic ? judged(turn, happening.verdicts) : drafted(turn, happening));
    case 'sampled':
      return sampled(turn, happening.drafts);
    case 'silent':
      return ofCritic ? criticSilent(turn, happening) : draftSilent(turn, happening);
    case 'wanted':
      // No provider lets it through; a loop has a cap of its own all the same (C11).
      return isOver(turn) ? unfit(turn, callsAfterTheEnd) : wanted(turn, happening);
    case 'told':
      return told(turn, happening);
    case 'stuck':
      return block(turn.slice.last === 'draft' ? unmade(turn) : turn, happening.code, happening.message);
    case 'waited':
      return again(turn);
    case 'resumed':
      return again(edit(turn, { silent: 0 }));
    case 'decided':
      if (typeof turn.slice.talk?.asking === 'number') return allowedOrNot(turn, happening);
      return turn.step.kind === 'review' ? returned(turn, happening) : helped(turn, happening);
  }
}

/** Book what the call took. */
function settled(turn: Turn, happening: Happening): Turn {
  const { call } = turn.slice;
  if (call === null) return turn;
  return edit({ ...turn, state: settle(turn.state, call, billOf(happening)) }, { call: null, last: call.name });
}

function billOf(happening: Happening): Bill {
  if (happening.event === 'sampled') return waveBill(happening.drafts);
  if (!('cost_usd' in happening)) return { usage: null, cost_usd: 0, answered: false };
  return { ...happening, answered: happening.event !== 'silent' || isContent(happening.outcome) };
}

function start(turn: Turn, { value }: Of<'called'>): Decided {
  const { step, state, slice } = turn;
  if (step.kind === 'review') {
    return state.approved.includes(`${step.of}:${value}`)
      ? accept(turn, 'given', null)
      : ask(turn, 'a person approves every answer of this step');
  }
  if (step.kind === 'generate' && step.sample) return sample(turn, null, {});
  return attempt(step.kind === 'act' ? { ...turn, state: { ...state, acts: [...state.acts, slice.seq] } } : turn, { hint: slice.hint });
}

const drafted = (turn: Turn, { output, verdicts, judged = 0 }: Of<'answered'>): Turn =>
  edit(silenced(turn), { silent: 0, output, verdicts, critic: 0, criticTry: 1, judged, ...foundOn(turn) });

/** A critic's verdicts join those on the draft; its turn is over. One that says nothing has passed nothing (C9). */
function judged(turn: Turn, said: Verdict[]): Turn {
  const { slice } = turn;
  const verdicts = said.length > 0 ? said : [doubtOf(criticName(turn), 'the critic gave no verdict')];
  if (slice.samples) return edit(turn, { silent: 0, criticTry: 1, samples: looked(turn, slice.samples, verdicts) });
  return edit(turn, { silent: 0, verdicts: [...slice.verdicts, ...verdicts], critic: slice.critic + 1, criticTry: 1 });
}

function criticName({ step, slice }: Turn): string {
  const critic = slice.samples ? judgeOf(step, slice.samples) : step.kind === 'generate' ? step.critics[slice.critic] : null;
  return critic?.name ?? 'critic';
}

/** A wave of drafts is in: what brought nothing is drawn again; then the answers are compared. */
function sampled(turn: Turn, drafts: Of<'sampled'>['drafts']): Decided {
  if (!turn.slice.samples) throw new Error(`${turn.slice.step} draws no samples`);
  const gathered = gather(turn, turn.slice.samples, drafts);
  const { ruled = [], ...onward } = drawnAgain(gathered) ?? compare(gathered.turn, gathered.samples);
  return { ...onward, ruled: [...gathered.ruled, ...ruled] };
}

function drawnAgain({ turn, trouble, stuck }: Gathered): Decided | null {
  if (stuck) return block(turn, stuck.code, stuck.message);
  return trouble && undrafted(turn, trouble);
}

/** Which of the answers goes on; what is missing to say so is asked for first. */
function compare(turn: Turn, samples: Samples): Decided {
  const election = elect(turn, samples);
  switch (election.type) {
    case 'draw':
      return wave(election.turn);
    case 'look':
      return look(shownTo(turn, election.sample), election.judge);
    case 'elected': {
      const { ruled = [], ...judgement } = judge(election.turn);
      return { ...judgement, ruled: [...election.ruled, ...ruled] };
    }
    case 'none': {
      const { ruled = [], ...onward } = climb(election.turn, election.outcome);
      return { ...onward, ruled: [...election.ruled, ...ruled] };
    }
  }
}

/** What the judge was asked together with the draft, without an answer, was its first try. */
function shownTo(turn: Turn, { attempt: shown, looks }: Sample): Turn {
  return edit(turn, { shown, criticTry: turn.slice.shown === shown ? turn.slice.criticTry : looks + 1 });
}

/** Let a critic look at the answer that is shown. */
function look(turn: Turn, critic: PinnedCritic): Decided {
  const { plan, state, slice, step, at } = turn;
  const move = { move: 'judge', attempt: shownOf(slice), critic, turn: slice.criticTry } as const;
  // It has looked already, and the draft's bill paid for it.
  if (!slice.samples && slice.critic < (slice.judged ?? 0) && slice.criticTry === 1) return { turn: edit(turn, { last: 'critic' }), move };
  const call = criticCall(step as PlannedGenerate, slice, critic);
  if (!affords(plan, state, call) || outOfTime(plan, state, at)) {
    const best = slice.samples ? shown(turn, slice.samples) : turn;
    const doubted = doubt(best, critic.name, 'no budget is left to judge this answer');
    return { ...broke(doubted), ruled: ruling(best.slice, 'unsure') };
  }
  return { turn: edit({ ...turn, state: reserve(state, call) }, { call }), move };
}

/** Verdicts so far decide: a failure or a doubt goes to the ladder; then the next critic; all passed, and at least one: accepted. */
function judge(turn: Turn): Decided {
  const { slice, step } = turn;
  if (slice.samples) return compare(turn, slice.samples);
  if (slice.verdicts.some((verdict) => verdict.verdict === 'fail')) return climb(turn, 'rejected');
  if (slice.verdicts.some((verdict) => verdict.verdict === 'unsure')) return climb(turn, 'unsure');
  const critic = step.kind === 'generate' ? step.critics[slice.critic] : undefined;
  if (critic !== undefined) return look(turn, critic);
  if (slice.verdicts.length === 0) return climb(turn, 'unsure');
  return { ...accept(turn, 'accepted', shownOf(slice)), ruled: ruling(slice, 'accepted') };
}

/** The answer is not accepted: which rung now? The same rejected text twice in a row ends the machine's rung that gave it. */
function climb(at: Turn, outcome: OutcomeKind): Decided {
  const turn = silenced(at);
  const { slice, step } = turn;
  const repeated = outcome === 'rejected' && slice.output !== null && slice.output === slice.lastRejected;
  const spent = repeated && slice.rung !== null && ladderOf(step)[slice.rung]?.rung !== 'human' ? use(turn, slice.rung, true) : turn;
  const noted = edit(spent, { candidate: better(slice), lastRejected: outcome === 'rejected' ? slice.output : slice.lastRejected });
  const index = choose(noted, outcome);
  const next = index === null ? fail(noted, 'ladder_exhausted', reasonOf(slice, outcome)) : take(noted, index, outcome);
  return { ...next, ruled: ruling(slice, outcome) };
}

function take(turn: Turn, index: number, outcome: OutcomeKind): Decided {
  const rung = ladderOf(turn.step)[index];
  const used = use(turn, index);
  const { slice } = turn;
  const hint: Hint = { previous: shownOf(slice), verdicts: slice.verdicts.filter((verdict) => verdict.verdict !== 'pass') };
  switch (rung?.rung) {
    case 'reask':
      return attempt(used, { rung: index, remedy: 'reask', hint, widen: outcome === 'truncated' });
    case 'revise':
      return attempt(used, { rung: index, remedy: 'revise', hint });
    case 'resample':
      return attempt(used, { rung: index, remedy: 'resample' });
    case 'vote':
    case 'best_of':
      return sample(used, index, { rung: index, remedy: rung.rung });
    case 'model':
      return attempt(used, { rung: index, remedy: 'model', role: rung.model, silent: 0 });
    case 'backtrack':
      return back(used, hint.verdicts);
    default:
      return end(turn, reasonOf(slice, outcome), 'ladder_exhausted');
  }
}

function back(turn: Turn, verdicts: Verdict[]): Decided {
  const blame = blameOf(turn.slice);
  const target = blame === null ? null : blamed(turn, blame);
  if (target === null) return end(turn, 'the step to blame is not there any more', 'ladder_exhausted');
  return { turn, move: { move: 'backtrack', to: { step: target.step, occurrence: target.occurrence }, verdicts } };
}

/** No draft came: try again; then another model; then parked. A bad form, a cut-off and a refusal are answers that climb. */
function draftSilent(turn: Turn, happening: Of<'silent'>): Decided {
  const { outcome } = happening;
  if (isContent(outcome) && turn.step.kind === 'generate') return unfit(turn, { ...happening, outcome });
  if (turn.slice.last === 'turn') return turnSilent(turn, happening);
  return { ...undrafted(edit(turn, { answers: turn.slice.answers - 1 }), happening), ruled: ruling(turn.slice, outcome) };
}

const unfit = (turn: Turn, why: { outcome: OutcomeKind; message: string }): Decided =>
  climb(edit(turn, { silent: 0, verdicts: [misfit(why)] }), why.outcome);

function undrafted(turn: Turn, happening: Silent): Decided {
  const { outcome, message, bug, left_alone } = happening;
  if (bug) return block(turn, 'chain_error', message);
  // Who is down and was not even asked is not waited for where somebody else can be asked.
  const elsewhere = left_alone ? otherModel(turn, outcome, true) : null;
  return elsewhere ?? waitOrNull(turn, happening) ?? otherModel(turn, outcome) ?? block(turn, parkCode(turn, outcome), message);
}

function otherModel(turn: Turn, outcome: OutcomeKind, elsewhere = false): Decided | null {
  const index = choose(turn, outcome, elsewhere);
  return index !== null && ladderOf(turn.step)[index]?.rung === 'model' ? take(silenced(turn), index, outcome) : null;
}

/** The model did not go on: the same turn again, for what its tools gave stays; then another model, from the beginning; then parked. */
function turnSilent(turn: Turn, happening: Silent): Decided {
  const { outcome, message } = happening;
  const next = triedOnce(turn);
  const retried = waitOrNull(next, happening);
  if (retried !== null) return retried;
  const instead = otherModel(edit(next, { answers: turn.slice.answers - 1 }), outcome);
  return instead ? { ...instead, ruled: ruling(turn.slice, outcome) } : block(next, parkCode(turn, outcome), message);
}

const callsAfterTheEnd = { outcome: 'invalid' as const, message: 'called a tool where it had to answer' };

/** A critic without an answer: its provider's trouble is retried on the same draft; nonsense has passed nothing (C9). */
function criticSilent(turn: Turn, happening: Of<'silent'>): Decided {
  if (isContent(happening.outcome)) {
    const said = doubtOf(criticName(turn), `the critic gave no verdict (${happening.outcome})`);
    return judge(turn.slice.samples ? judged(turn, [said]) : doubt(turn, said.critic, said.reason));
  }
  const next = edit(turn, { criticTry: turn.slice.criticTry + 1 });
  return waitOrNull(next, happening) ?? block(next, parkCode(turn, happening.outcome), happening.message);
}

/** Wait and try again, while the cap for silence allows it. */
function waitOrNull(turn: Turn, { outcome, retry_after_ms }: Silent): Decided | null {
  if (!curesOf(outcome).includes('again')) return null;
  const silent = turn.slice.silent + 1;
  const { limits, seed } = turn.plan;
  if (silent >= limits.silent_tries) return null;
  const spread = 1 + fraction(`${seed}/${turn.slice.seq}/${silent}`) / 2;
  const ms = outcome === 'abandoned' ? 0 : Math.min(limits.max_wait_ms, retry_after_ms ?? Math.round(1000 * 2 ** silent * spread));
  const waiting = edit(turn, { silent });
  return ms > 0 ? { turn: waiting, move: { move: 'wait', ms } } : again(waiting);
}

/** The same call once more: the critic on the same draft, or the draft with the same advice. */
function again(turn: Turn): Decided {
  if (turn.slice.samples || turn.slice.last === 'critic') return judge(turn);
  if (turn.slice.talk) return turn.slice.last === 'turn' ? speakAgain(turn) : converse(turn);
  const { hint, widen } = turn.slice;
  return attempt(turn, { remedy: 'retry', hint, widen });
}

/** A call that this build could not make has no row: its number is free. */
const unmade = (turn: Turn): Turn => edit(turn, { attempt: turn.slice.attempt - 1, answers: turn.slice.answers - 1 });

function parkCode(turn: Turn, outcome: OutcomeKind): 'auth' | 'spend_cap' | 'model_gone' | 'too_large' | 'effect_failed' | 'provider_down' {
  if (turn.step.kind === 'act') return 'effect_failed';
  return outcome === 'auth' || outcome === 'spend_cap' || outcome === 'model_gone' || outcome === 'too_large' ? outcome : 'provider_down';
}
