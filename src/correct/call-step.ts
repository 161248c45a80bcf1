import { StepFailed } from '../errors.ts';
import type { Advice } from '../shapes/advice.ts';
import type { CallRequest, CallResult, Note } from '../shapes/call.ts';
import type { PlannedStep } from '../shapes/plan.ts';
import type { Answer, AskRequest } from '../shapes/review.ts';
import type { Remedy } from '../shapes/rung.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { advance } from './advance.ts';
import { machineTime } from './budget.ts';
import { canonical, hashOf } from './canonical.ts';
import { never, takeNotes, type Conduct, type Pass } from './conduct.ts';
import { callName, copyOf, remember } from './memory.ts';
import type { Happening, Move } from './move.ts';
import { nextOccurrence, type Hint } from './state.ts';

/** One call of a step by the chain, with everything its moves need. Outputs by attempt; 0 is the answer that was blamed. */
interface StepCall {
  run: Conduct; pass: Pass; step: string; planned: PlannedStep; occurrence: number; name: string; n: number;
  input: unknown; inputHash: string; outputs: Map<number, unknown>; lastAttempt: number;
}
type Settled = { type: 'value'; value: unknown } | { type: 'failed'; error: StepFailed } | { type: 'gone' };
type MoveOf<M extends Move['move']> = Extract<Move, { move: M }>;

/** The step function that a chain calls. Its promise never settles once the pass is abandoned. */
export async function callStep(run: Conduct, pass: Pass, call: { name: string; input: unknown; key?: string | undefined }): Promise<unknown> {
  if (pass.closed) return never();
  if (pass.flying.size === 0 && run.engine.crowded()) {
    pass.close({ type: 'crowded' });
    return never();
  }
  const settling = settle(run, pass, call);
  pass.flying.add(settling);
  const settled = await settling.finally(() => pass.flying.delete(settling));
  if (pass.closed || settled.type === 'gone') return never();
  if (settled.type === 'failed') throw settled.error;
  return copyOf(settled.value);
}

const count = (pass: Pass, name: string): number => (pass.calls[name] = (pass.calls[name] ?? 0) + 1);

async function settle(run: Conduct, pass: Pass, call: { name: string; input: unknown; key?: string | undefined }): Promise<Settled> {
  const step = call.name;
  const planned = run.plan.steps[step];
  if (!planned) throw new Error(`the plan has no step '${step}'`);
  const text = canonical(call.input);
  const input: unknown = JSON.parse(text);
  const inputHash = hashOf(input);
  const handle = call.key === undefined ? inputHash : `key:${call.key}`;
  const n = count(pass, `${step}:${handle}`);
  const place = `${step}#${call.key ?? count(pass, `place:${step}`)}`;
  const name = callName(step, handle, n);
  const known = run.memory.answers[name];
  if (known) return { type: 'value', value: known.value };
  const occurrence = nextOccurrence(run.state, step);
  supersede(run, { step, occurrence, place });
  const reproach = run.memory.reproaches[name];
  const hint: Hint | null = reproach ? { previous: planned.kind === 'generate' ? 0 : null, verdicts: reproach.verdicts } : null;
  const outputs = new Map<number, unknown>(reproach ? [[0, reproach.previous]] : []);
  const stepCall: StepCall = { run, pass, step, planned, occurrence, name, n, input, inputHash, outputs, lastAttempt: 0 };
  return loop(stepCall, {
    event: 'called', step, occurrence, at: run.engine.now(), lineage: place, size: text.length, value: inputHash, hint, remedy: reproach ? 'backtrack' : 'first',
  });
}

/** The place in the chain has a new occurrence: the one before it is history. */
function supersede(run: Conduct, { step, occurrence, place }: { step: string; occurrence: number; place: string }): void {
  const before = run.memory.places[place];
  if (before !== undefined) run.notes.push({ note: 'step', step, occurrence: before, status: 'superseded', attempt: null, superseded_by: occurrence });
  run.memory.places[place] = occurrence;
}

/** Ask the reducer, make its move, tell it what happened, until the call is settled or its pass is gone. */
async function loop(call: StepCall, first: Happening): Promise<Settled> {
  const { run, pass } = call;
  for (let happening = first; ;) {
    const { state, move, outcome } = advance(run.plan, run.state, happening);
    run.state = state;
    if (outcome !== null && call.lastAttempt > 0) run.notes.push({ note: 'outcome', step: call.step, occurrence: call.occurrence, attempt: call.lastAttempt, outcome });
    const settled = settledBy(call, move, happening);
    if (settled !== null) return settled;
    if (pass.closed) return { type: 'gone' };
    const next = await make(call, move);
    if (next === null) return { type: 'gone' };
    happening = next;
  }
}

function settledBy(call: StepCall, move: Move, happening: Happening): Settled | null {
  const { run, step, occurrence } = call;
  const note = (status: 'accepted' | 'failed', attempt: number | null): void => {
    run.notes.push({ note: 'step', step, occurrence, status, attempt, superseded_by: null });
  };
  switch (move.move) {
    case 'accept': {
      const value = move.how === 'given' ? call.input : move.how === 'edited' || call.planned.kind === 'review' ? call.outputs.get(-1) : call.outputs.get(move.attempt ?? -1);
      remember(run.memory, call.name, { step, occurrence, value });
      note('accepted', move.attempt);
      return { type: 'value', value };
    }
    case 'fail': note('failed', null); return { type: 'failed', error: new StepFailed(step, move.code, move.message) };
    case 'backtrack': call.pass.close({ type: 'backtrack', to: move.to, verdicts: move.verdicts }); return { type: 'gone' };
    default: return happening.event === 'silent' && happening.outcome === 'cancelled' && call.pass.closed ? { type: 'gone' } : null;
  }
}

/** Null: the question to a person was withdrawn, so there is nothing to tell. */
async function make(call: StepCall, move: Move): Promise<Happening | null> {
  const { run, step, occurrence } = call;
  const happened = <E>(event: E) => ({ ...event, step, occurrence, at: run.engine.now() });
  switch (move.move) {
    case 'attempt': return happened(await draft(call, move));
    case 'judge': return happened(fromResult(await run.engine.perform(criticRequest(call, move))));
    case 'wait': await run.engine.sleep(move.ms); return happened({ event: 'waited' as const });
    case 'ask': {
      const answer = await asked(call, move);
      return answer === null ? null : happened(answer);
    }
    case 'block':
      await run.engine.park({ code: move.code, message: move.message, step, retry_after_ms: move.retry_after_ms }, takeNotes(run));
      return happened({ event: 'resumed' as const });
    default: throw new Error(`${move.move} is no move to make`);
  }
}

async function draft(call: StepCall, move: MoveOf<'attempt'>) {
  call.lastAttempt = move.attempt;
  const result = await call.run.engine.perform(draftRequest(call, move));
  if (result.type === 'answer' || (result.type === 'nothing' && result.output !== null)) call.outputs.set(move.attempt, result.output);
  return fromResult(result);
}

function fromResult(result: CallResult) {
  if (result.type === 'answer') return { event: 'answered' as const, output: result.output_hash, verdicts: result.verdicts, usage: result.usage, cost_usd: result.cost_usd };
  if (result.type === 'stuck') return { event: 'stuck' as const, code: result.code, message: result.message };
  return { event: 'silent' as const, outcome: result.outcome, message: result.message, retry_after_ms: result.retry_after_ms, usage: result.usage, cost_usd: result.cost_usd };
}

const base = (call: StepCall, attempt: number, name: string, remedy: string) => ({
  key: { run_id: call.run.plan.run_id, step: call.step, occurrence: call.occurrence, attempt, call: name },
  chain: call.run.plan.chain, pass: call.pass.number, input: call.input, input_hash: call.inputHash, remedy: remedy as Remedy,
  notes: takeNotes(call.run) as Note[],
  deadline_ms: Math.max(1_000, call.run.plan.budget.within_ms - machineTime(call.run.state, call.run.engine.now())),
});

function draftRequest(call: StepCall, move: MoveOf<'attempt'>): CallRequest {
  const { planned } = call;
  const shared = base(call, move.attempt, 'draft', move.remedy);
  switch (planned.kind) {
    case 'generate': {
      const model = (move.role === null ? undefined : planned.models[move.role]) ?? planned.model;
      return { ...shared, kind: 'generate', model, prompt: planned.prompt, advice: adviceFrom(call, move.hint), answer: move.answer, widen: move.widen, checks: planned.checks };
    }
    case 'retrieve':
      return { ...shared, kind: 'retrieve', advice: adviceFrom(call, move.hint), answer: move.answer, sources: planned.sources, keep: planned.keep, checks: planned.checks };
    case 'act':
      return { ...shared, kind: 'act', effect_key: `${call.run.plan.run_id}:${call.step}:${call.inputHash}${call.n > 1 ? `:${call.n}` : ''}` };
    case 'review': throw new Error('a review makes no call');
  }
}

/** A person's words stand apart from the verdicts of rules and models. */
function adviceFrom(call: StepCall, hint: Hint | null): Advice | null {
  if (hint === null) return null;
  return {
    previous: hint.previous === null ? null : call.outputs.get(hint.previous) ?? null,
    verdicts: hint.verdicts.filter((verdict) => verdict.critic !== 'person'),
    comment: hint.verdicts.find((verdict) => verdict.critic === 'person')?.reason ?? null,
  };
}

const criticRequest = (call: StepCall, move: MoveOf<'judge'>): CallRequest => ({
  ...base(call, move.attempt, `critic/${move.critic.name}/${move.turn}`, move.turn === 1 ? 'first' : 'retry'),
  kind: 'critic', critic: move.critic, output: call.outputs.get(move.attempt),
});

async function asked(call: StepCall, move: MoveOf<'ask'>) {
  const { run, planned, step } = call;
  const value = planned.kind === 'review' ? call.input : move.candidate === null ? null : call.outputs.get(move.candidate) ?? null;
  const request: AskRequest = {
    run_id: run.plan.run_id, chain: run.plan.chain, step, occurrence: call.occurrence, pass: call.pass.number, ask: move.ask,
    kind: planned.kind === 'review' ? 'review' : 'human', of: planned.kind === 'review' ? planned.of : step, queue: move.queue, value,
    step_input: call.input, input_hash: call.inputHash, verdicts: move.verdicts, why: move.why,
    due_ms: planned.kind === 'review' ? planned.due_ms : null,
    escalate: planned.kind === 'review' ? planned.escalate : null,
    expires_ms: planned.kind === 'review' ? planned.expires_ms : run.plan.limits.human_expires_ms,
  };
  const answer = await run.engine.ask(request, takeNotes(run));
  return answer.type === 'cancelled' ? null : decided(call, answer, value);
}

function decided(call: StepCall, answer: Answer, proposed: unknown) {
  if (answer.type !== 'decided') return { event: 'decided' as const, decision: 'expired' as const, verdict: words(''), value: hashOf(proposed) };
  const { decision } = answer;
  const value = decision.decision === 'edit' ? decision.value : proposed;
  call.outputs.set(-1, value);
  return { event: 'decided' as const, decision: decision.decision, verdict: words(decision.reason ?? decision.comment ?? ''), value: hashOf(value) };
}

const words = (reason: string): Verdict => ({ critic: 'person', version: '1', verdict: 'fail', score: null, reason, at: null, blames: null, evidence: [] });
