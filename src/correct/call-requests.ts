/** What a step asks of the world: the requests behind its moves. */
import type { Advice } from '../shapes/advice.ts';
import type { CallRequest, CallResult } from '../shapes/call.ts';
import type { PlannedGenerate, PlannedStep } from '../shapes/plan.ts';
import type { AskRequest } from '../shapes/review.ts';
import type { Remedy } from '../shapes/rung.ts';
import { machineTime } from './budget.ts';
import { foundIn, talkOf, type Said } from './call-tools.ts';
import { takeNotes, type Conduct, type Pass } from './pass.ts';
import type { Hint } from './state.ts';
import type { MoveOf } from './turn.ts';

/** One call of a step by the chain, with everything its moves need. Outputs by attempt; 0 is the answer that was blamed. */
export interface StepCall {
  run: Conduct;
  pass: Pass;
  step: string;
  planned: PlannedStep;
  occurrence: number;
  name: string;
  effect: string;
  input: unknown;
  inputHash: string;
  outputs: Map<number, unknown>;
  /** What critics said who looked at the latest draft in the same breath, by name. */
  judged: Map<string, CallResult>;
  /** What the model and its tools said. */
  said: Said;
}

export const common = (call: StepCall, { attempt, name, remedy }: { attempt: number; name: string; remedy: Remedy }) => ({
  key: { run_id: call.run.plan.run_id, step: call.step, occurrence: call.occurrence, attempt, call: name },
  chain: call.run.plan.chain,
  pass: call.pass.number,
  input: call.input,
  input_hash: call.inputHash,
  remedy,
  notes: takeNotes(call.run),
  deadline_ms: Math.max(1_000, call.run.plan.budget.within_ms - machineTime(call.run.state, call.run.engine.now())),
});

/** A draft of the step's own: by its model, its sources, or the world. */
export function draftRequest(call: StepCall, move: MoveOf<'attempt'>, vote: MoveOf<'sample'>['vote'] = null): CallRequest {
  const { planned } = call;
  const shared = common(call, { attempt: move.attempt, name: 'draft', remedy: move.remedy });
  switch (planned.kind) {
    case 'generate':
      return {
        ...generateRequest(call, shared, move),
        ...(move.judges.length > 0 ? { judges: move.judges } : {}),
        ...(vote === null ? {} : { vote }),
        ...talkOf(call),
      };
    case 'retrieve': {
      const { sources, keep, checks } = planned;
      return { ...shared, kind: 'retrieve', advice: adviceFrom(call, move.hint), answer: move.answer, sources, keep, checks };
    }
    case 'act':
      return { ...shared, kind: 'act', effect_key: call.effect };
    case 'review':
      throw new Error('a review makes no call');
  }
}

export function generateRequest(
  call: StepCall,
  shared: ReturnType<typeof common>,
  { role, hint, answer, widen }: { role: string | null; hint: Hint | null; answer: number | null; widen: boolean },
): Extract<CallRequest, { kind: 'generate' }> {
  const { model, models, prompt, checks } = call.planned as PlannedGenerate;
  const speaker = (role === null ? undefined : models[role]) ?? model;
  return { ...shared, kind: 'generate', model: speaker, prompt, advice: adviceFrom(call, hint), answer, widen, checks };
}

/** A person's words stand apart from the verdicts of rules and models. */
function adviceFrom(call: StepCall, hint: Hint | null): Advice | null {
  if (hint === null) return null;
  return {
    previous: hint.previous === null ? null : (call.outputs.get(hint.previous) ?? null),
    verdicts: hint.verdicts.filter((verdict) => verdict.critic !== 'person'),
    comment: hint.verdicts.find((verdict) => verdict.critic === 'person')?.reason ?? null,
  };
}

export const criticRequest = (call: StepCall, move: MoveOf<'judge'>): CallRequest => ({
  ...common(call, { attempt: move.attempt, name: `critic/${move.critic.name}/${move.turn}`, remedy: move.turn === 1 ? 'first' : 'retry' }),
  kind: 'critic',
  critic: move.critic,
  output: call.outputs.get(move.attempt),
  ...foundIn(call),
});

/** A question to a person: about the answer that the step is to approve, or the best candidate of one that got none accepted. */
export function askRequest(call: StepCall, move: MoveOf<'ask'>): AskRequest {
  const { run, planned, step } = call;
  const wanted = move.wanted === undefined ? undefined : call.said.turns.at(-1)?.calls[move.wanted];
  const candidate = move.candidate === null ? null : (call.outputs.get(move.candidate) ?? null);
  const about =
    planned.kind === 'review'
      ? {
          kind: planned.kind,
          of: planned.of,
          value: call.input,
          due_ms: planned.due_ms,
          escalate: planned.escalate,
          expires_ms: planned.expires_ms,
        }
      : {
          ...(wanted ? { kind: 'tool' as const, tool: wanted.tool } : { kind: 'human' as const }),
          of: step,
          value: wanted ? wanted.arguments : candidate,
          due_ms: null,
          escalate: null,
          expires_ms: run.plan.limits.human_expires_ms,
        };
  return {
    ...about,
    run_id: run.plan.run_id,
    chain: run.plan.chain,
    step,
    occurrence: call.occurrence,
    pass: call.pass.number,
    ask: move.ask,
    queue: move.queue,
    step_input: call.input,
    input_hash: call.inputHash,
    verdicts: move.verdicts,
    why: move.why,
  };
}
