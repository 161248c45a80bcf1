import { StepFailed } from '../errors.ts';
import type { CallResult, Note } from '../shapes/call.ts';
import type { Answer } from '../shapes/review.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { advance } from './advance.ts';
import { breathBill } from './breath.ts';
import { promptBytes } from './attachments.ts';
import { askRequest, criticRequest, draftRequest, type StepCall } from './call-requests.ts';
import { answered, heard, nothingSaid, ruledOn, toolRequest, turnRequest } from './call-tools.ts';
import { bytesOf, canonical, hashOf, largestInput, mebibytes } from './canonical.ts';
import { callName, copyOf, remember, remembers, type Remembered } from './memory.ts';
import type { Happening, Move, Sampled } from './move.ts';
import { never, takeNotes, type Conduct, type Pass } from './pass.ts';
import { nextOccurrence, recall, sliceKey, type Hint } from './state.ts';
import type { MoveOf, Ruling } from './turn.ts';

/** What the chain asked for. */
interface Asked {
  name: string;
  input: unknown;
  key?: string | undefined;
}

/** A person's own value, or the one they looked at, among the outputs. */
const decidedValue = -1;

type Settled = { type: 'value'; value: unknown } | { type: 'failed'; error: unknown } | { type: 'gone' };

/** The step function that a chain calls. Its promise never settles once the pass is abandoned. */
export async function callStep(run: Conduct, pass: Pass, call: Asked): Promise<unknown> {
  if (pass.closed) return never();
  if (pass.flying.size === 0 && run.engine.crowded(call.name)) {
    pass.close({ type: 'crowded' });
    return never();
  }
  const settling = answerTo(run, pass, call);
  pass.flying.add(settling);
  const thrown = (error: unknown): Settled => ({ type: 'failed', error });
  const settled = await settling.catch(thrown).finally(() => pass.flying.delete(settling));
  if (pass.closed || settled.type === 'gone') return never();
  if (settled.type === 'failed') throw settled.error;
  return copyOf(settled.value);
}

/** The cap of the author's own loops (C11): a budget ends what asks models, nothing else ends one that asks people or acts. */
const mostOccurrences = 1_000;

/** A bug of the chain: the run waits for other code (C12). */
function bug(pass: Pass, step: string, message: string): Settled {
  pass.close({ type: 'stuck', cause: { code: 'chain_error', message, step, retry_after_ms: null } });
  return { type: 'gone' };
}

const count = (pass: Pass, name: string): number => (pass.calls[name] = (pass.calls[name] ?? 0) + 1);

/** From memory, where the run has it; else by the loop. */
async function answerTo(run: Conduct, pass: Pass, asked: Asked): Promise<Settled> {
  const step = asked.name;
  const planned = run.plan.steps[step];
  if (!planned) throw new Error(`the plan has no step '${step}'`);
  const text = canonical(asked.input);
  const size = bytesOf(text);
  if (size > largestInput)
    return bug(pass, step, `step '${step}' was called with ${mebibytes(size)}; a step reads at most ${mebibytes(largestInput)}`);
  const input: unknown = JSON.parse(text);
  const inputHash = hashOf(input);
  const handle = asked.key === undefined ? inputHash : `key:${asked.key}`;
  const n = count(pass, `${step}:${handle}`);
  const nth = count(pass, `place:${step}`);
  const place = asked.key === undefined ? `${step}#${nth}` : `${step}#${handle}#${n}`;
  const name = callName(step, handle, n);
  const known = run.memory.answers[name];
  if (known) return recalled(run, pass, known);
  const occurrence = nextOccurrence(run.state, step);
  if (occurrence > mostOccurrences)
    return bug(pass, step, `step '${step}' was called ${mostOccurrences} times in one run: a loop around it does not end`);
  supersede(run, { step, occurrence, place });
  const reproach = run.memory.reproaches[name];
  const hint: Hint | null = reproach ? { previous: planned.kind === 'generate' ? 0 : null, verdicts: reproach.verdicts } : null;
  const effect = [run.plan.run_id, step, ...(handle === inputHash ? [] : [handle]), inputHash, ...(n > 1 ? [n] : [])].join(':');
  const outputs = new Map<number, unknown>(reproach ? [[0, reproach.previous]] : []);
  return loop(
    { run, pass, step, planned, occurrence, name, effect, input, inputHash, outputs, judged: new Map(), said: nothingSaid() },
    {
      event: 'called',
      step,
      occurrence,
      at: run.engine.now(),
      lineage: place,
      pass: pass.number,
      size: promptBytes(input, text),
      value: inputHash,
      hint,
      remedy: reproach ? 'backtrack' : 'first',
    },
  );
}

function recalled(run: Conduct, pass: Pass, { step, occurrence, value, failed }: Remembered): Settled {
  run.state = recall(run.state, sliceKey(step, occurrence), pass.number);
  return failed ? { type: 'failed', error: new StepFailed(step, failed.code, failed.message) } : { type: 'value', value };
}

/** The place in the chain has a new occurrence. The one before is history, unless it may still be recalled at another place. */
function supersede(run: Conduct, { step, occurrence, place }: { step: string; occurrence: number; place: string }): void {
  const before = run.memory.places[place];
  run.memory.places[place] = occurrence;
  if (before === undefined || remembers(run.memory, step, before)) return;
  run.notes.push({ note: 'step', step, occurrence: before, status: 'superseded', attempt: null, superseded_by: occurrence });
}

/** Ask the reducer, make its move, tell it what happened, until the call is settled or its pass is gone. */
async function loop(call: StepCall, first: Happening): Promise<Settled> {
  const { run, pass } = call;
  for (let happening = first; ;) {
    const { state, move, ruled } = advance(run.plan, run.state, happening);
    run.state = state;
    for (const one of ruled) note(call, one);
    const settled = settledBy(call, move);
    if (settled !== null) return settled;
    if (pass.closed) return { type: 'gone' };
    const next = await make(call, move);
    if (next === null) return { type: 'gone' };
    happening = next;
  }
}

const note = ({ run, step, occurrence }: StepCall, of: Ruling): void => {
  run.notes.push({ note: 'outcome' in of ? 'outcome' : 'verdict', step, occurrence, ...of } as Note);
};

/** A move that ends the call. What is accepted while an abandoned pass drains is kept: it is paid for (C6). */
function settledBy(call: StepCall, move: Move): Settled | null {
  const { run, step, occurrence, pass, name } = call;
  const closed = (status: 'accepted' | 'failed', attempt: number | null): void => {
    run.notes.push({ note: 'step', step, occurrence, status, attempt, superseded_by: null });
  };
  switch (move.move) {
    case 'accept': {
      const value = acceptedValue(call, move);
      if (move.how === 'accepted_under_exhaustion' && move.attempt !== null) note(call, { attempt: move.attempt, outcome: move.how });
      remember(run.memory, name, { step, occurrence, value });
      closed('accepted', move.attempt);
      return { type: 'value', value };
    }
    case 'fail':
      remember(run.memory, name, { step, occurrence, value: null, failed: { code: move.code, message: move.message } });
      closed('failed', null);
      return { type: 'failed', error: new StepFailed(step, move.code, move.message) };
    case 'backtrack':
      pass.close({ type: 'backtrack', to: move.to, verdicts: move.verdicts });
      return { type: 'gone' };
    case 'block':
      // Only other chain code can mend this, and that must not replay the history of this one.
      if (move.code !== 'chain_error' && move.code !== 'build_mismatch') return null;
      pass.close({ type: 'stuck', cause: { code: move.code, message: move.message, step, retry_after_ms: null } });
      return { type: 'gone' };
    default:
      return null;
  }
}

function acceptedValue(call: StepCall, move: MoveOf<'accept'>): unknown {
  if (move.how === 'given') return call.input;
  if (move.how === 'edited' || call.planned.kind === 'review' || move.attempt === null) return call.outputs.get(decidedValue);
  return call.outputs.get(move.attempt);
}

/** Null: the question to a person was withdrawn with its pass, so there is nothing to tell. */
async function make(call: StepCall, move: Move): Promise<Happening | null> {
  const { run, step, occurrence } = call;
  const happened = <E>(event: E) => ({ ...event, step, occurrence, at: run.engine.now() });
  switch (move.move) {
    case 'attempt':
      return happened(await draft(call, move));
    case 'sample':
      return happened({ event: 'sampled' as const, drafts: await drafts(call, move) });
    case 'judge':
      return happened(
        fromResult((move.turn === 1 && call.judged.get(move.critic.name)) || (await run.engine.perform(criticRequest(call, move)))),
      );
    case 'turn':
      return happened(drafted(call, move.attempt, await run.engine.perform(turnRequest(call, move))));
    case 'tool':
      return happened(await tools(call, move));
    case 'wait':
      await run.engine.sleep(move.ms);
      return happened({ event: 'waited' as const });
    case 'ask': {
      const answer = await asked(call, move);
      return answer === null ? null : happened(answer);
    }
    case 'block':
      await run.engine.park({ code: move.code, message: move.message, step, retry_after_ms: move.retry_after_ms }, takeNotes(run));
      return happened({ event: 'resumed' as const });
    default:
      throw new Error(`${move.move} is no move to make`);
  }
}

async function draft(call: StepCall, move: MoveOf<'attempt'>) {
  call.said = nothingSaid(call.said.writes);
  const result = await call.run.engine.perform(draftRequest(call, move));
  const judged = (result.type === 'answer' && result.judged) || [];
  call.judged = new Map(judged.flatMap((said, n) => (move.judges[n] ? [[move.judges[n].name, said]] : [])));
  const happened = drafted(call, move.attempt, result);
  if (happened.event !== 'answered' || judged.length === 0) return happened;
  return { ...happened, ...breathBill([happened, ...judged]), judged: judged.length };
}

/** Side by side: none waits for another. */
async function drafts(call: StepCall, { drafts: several, vote }: MoveOf<'sample'>): Promise<Sampled[]> {
  call.judged = new Map();
  const results = await Promise.all(several.map((one) => call.run.engine.perform(draftRequest(call, one, vote))));
  return results.map((result, n) => {
    const { attempt } = several[n] as MoveOf<'attempt'>;
    const happened = fromResult(result);
    if (result.type === 'answer' || (result.type === 'nothing' && result.output !== null)) call.outputs.set(attempt, result.output);
    if (result.type !== 'answer' || happened.event !== 'answered') return { attempt, ...happened } as Sampled;
    const [look] = result.judged ?? [];
    const looks = look === undefined ? null : look.type === 'answer' ? look.verdicts : 'silent';
    return { attempt, ...happened, ...(look ? breathBill([happened, look]) : {}), key: result.vote_key ?? '', looks };
  });
}

/** What the model said in its draft or a later turn. */
function drafted(call: StepCall, attempt: number, result: CallResult) {
  if (result.type === 'answer' || (result.type === 'nothing' && result.output !== null)) call.outputs.set(attempt, result.output);
  return result.type === 'calls' ? heard(call, result) : fromResult(result);
}

/** All at once. One that this build cannot make stops them all; those that were made answer from their rows when it can. */
async function tools(call: StepCall, move: MoveOf<'tool'>) {
  const requests = move.calls.map((at) => toolRequest(call, move, at));
  const results = await Promise.all(requests.map((request) => call.run.engine.perform(request)));
  const stuck = results.find((result) => result.type === 'stuck');
  const made = results.filter((result) => result.type !== 'stuck');
  return stuck ? fromResult(stuck) : answered(call, move, made);
}

function fromResult(result: CallResult) {
  if (result.type === 'calls') return { ...callsOfNobody, usage: result.usage, cost_usd: result.cost_usd };
  if (result.type === 'stuck') return { event: 'stuck' as const, code: result.code, message: result.message };
  const { usage, cost_usd } = result;
  if (result.type === 'answer')
    return { event: 'answered' as const, output: result.output_hash, verdicts: result.verdicts, usage, cost_usd };
  const { outcome, message, retry_after_ms, bug, left_alone } = result;
  const more = { ...(bug ? { bug } : {}), ...(left_alone ? { left_alone } : {}) };
  return { event: 'silent' as const, outcome, message, retry_after_ms, usage, cost_usd, ...more };
}

/** It was offered none. */
const callsOfNobody = {
  event: 'silent' as const,
  outcome: 'invalid' as const,
  message: 'called a tool that it was not offered',
  retry_after_ms: null,
};

async function asked(call: StepCall, move: MoveOf<'ask'>) {
  const request = askRequest(call, move);
  const answer = await call.run.engine.ask(request, takeNotes(call.run));
  if (answer.type === 'cancelled' && call.pass.closed) return null;
  const { value, ...event } = decided(answer, request.value);
  if (move.wanted === undefined) call.outputs.set(decidedValue, value);
  else ruledOn(call, move.wanted, { decision: event.decision, value, words: event.verdict.reason });
  return { ...event, value: hashOf(value) };
}

/** What stands is what the person saw when they decided; a withdrawn question of a living pass counts as expired. */
function decided(answer: Answer, proposed: unknown) {
  const event = 'decided' as const;
  if (answer.type !== 'decided') return { event, decision: 'expired' as const, verdict: words(''), value: proposed };
  const { decision, value: stands, reason, comment } = answer.decision;
  const value = decision === 'edit' ? stands : decision === 'approve' ? (stands ?? proposed) : proposed;
  const changed = decision === 'approve' && canonical(value) !== canonical(proposed);
  return { event, decision: changed ? ('edit' as const) : decision, verdict: words(reason ?? comment ?? ''), value };
}

const words = (reason: string): Verdict => ({
  critic: 'person',
  version: '1',
  verdict: 'fail',
  score: null,
  reason,
  at: null,
  blames: null,
  evidence: [],
});
