import type { PinnedCritic, PinnedModel, Plan, PlannedGenerate, PlannedStep } from '../shapes/plan.ts';
import type { Usage } from '../shapes/usage.ts';
import type { Hint, OpenCall, RunState, Slice } from './state.ts';

/**
 * UTF-8 bytes per token, low on purpose: an estimate must not be under the truth. Measured on English and German prose:
 * 3.5 to 4.5; scripts with two or three bytes a letter come near 3.
 */
const bytesPerToken = 3;

/** A cut-off answer is asked again with so much more room. */
export const widening = 2;

const usdOf = (model: PinnedModel, input: number, output: number): number =>
  (input * (model.input_usd_per_mtok ?? 0) + output * (model.output_usd_per_mtok ?? 0)) / 1_000_000;

/** The most a call may cost: the whole prompt in, the whole limit out. `bytes`: prompt template, input, advice. */
export function estimate(
  model: PinnedModel,
  call: { bytes: number; seesPrevious?: boolean; widen?: boolean },
): { usd: number; tokens: number } {
  const output = model.max_output_tokens * (call.widen ? widening : 1);
  const input = Math.ceil(call.bytes / bytesPerToken) + (call.seesPrevious ? model.max_output_tokens * widening : 0);
  return { usd: usdOf(model, input, output), tokens: input + output };
}

/** Machine time so far, in ms: the time in which at least one step was at work (a person's wait does not count). */
export const machineTime = (state: RunState, at: number): number =>
  state.clock.total + (state.clock.busy > 0 ? Math.max(0, at - state.clock.since) : 0);

/** Is there room for this call? What costs nothing (an effect) is not stopped because other calls took more than they should. */
export function affords(plan: Plan, state: RunState, call: OpenCall): boolean {
  const { budget } = plan;
  const { spent, reserved } = state;
  const fits = (kind: 'usd' | 'tokens' | 'attempts', rounding = 0): boolean => {
    const cap = budget[kind];
    return cap === null || call[kind] === 0 || spent[kind] + reserved[kind] + call[kind] <= cap + rounding;
  };
  return fits('usd', 1e-12) && fits('tokens') && fits('attempts');
}

export const outOfTime = (plan: Plan, state: RunState, at: number): boolean => machineTime(state, at) >= plan.budget.within_ms;

/** Set aside what the call may cost, before it is made. */
export const reserve = (state: RunState, call: OpenCall): RunState => ({
  ...state,
  reserved: {
    usd: state.reserved.usd + call.usd,
    tokens: state.reserved.tokens + call.tokens,
    attempts: state.reserved.attempts + call.attempts,
  },
});

/** What the call really took. `null`: unknown, so all that was reserved counts as spent. */
export interface Bill {
  usage: Usage | null;
  cost_usd: number | null;
  /** One answer, or how many of a wave. */
  answered: boolean | number;
}

/** Book the bill and give the rest back. */
export function settle(state: RunState, call: OpenCall, bill: Bill): RunState {
  const tokens = bill.usage ? bill.usage.input_tokens + bill.usage.output_tokens : bill.cost_usd === 0 ? 0 : call.tokens;
  return {
    ...state,
    reserved: {
      usd: Math.max(0, state.reserved.usd - call.usd),
      tokens: state.reserved.tokens - call.tokens,
      attempts: state.reserved.attempts - call.attempts,
    },
    spent: {
      usd: state.spent.usd + (bill.cost_usd ?? call.usd),
      tokens: state.spent.tokens + tokens,
      attempts: state.spent.attempts + (typeof bill.answered === 'number' ? bill.answered : bill.answered ? call.attempts : 0),
    },
  };
}

/** The call to the step's own model or sources; a person and an effect cost nothing here. */
export function draftCall(step: PlannedStep, slice: Slice, hint: Hint | null): OpenCall {
  if (step.kind === 'retrieve') return { name: 'draft', usd: (step.usd ?? 0) * queriesFor(hint), tokens: 0, attempts: 1 };
  if (step.kind !== 'generate') return { name: 'draft', usd: 0, tokens: 0, attempts: 0 };
  const model = (slice.role === null ? undefined : step.models[slice.role]) ?? step.model;
  const advice = hint?.verdicts.reduce((sum, { reason, at }) => sum + 3 * (reason.length + (at?.quote?.length ?? 0)), 0) ?? 0;
  const seesPrevious = hint !== null && hint.previous !== null;
  return {
    name: 'draft',
    ...estimate(model, { bytes: step.prompt.chars + toolChars(step) + slice.size + advice, seesPrevious, widen: slice.widen }),
    attempts: 1,
  };
}

/** What each verdict found missing is one more query. */
const queriesFor = (hint: Hint | null): number => 1 + (hint?.verdicts.filter(({ missing }) => missing).length ?? 0);

const toolChars = ({ tools }: PlannedGenerate): number => tools?.list.reduce((sum, { chars }) => sum + chars, 0) ?? 0;

/** A further turn of a model with tools: it reads what the draft read and all that was said since. It is an answer asked of a model. */
export function turnCall(step: PlannedGenerate, slice: Slice, hint: Hint | null): OpenCall {
  return { ...draftCall(step, { ...slice, size: slice.size + (slice.talk?.bytes ?? 0) }, hint), name: 'turn' };
}

/** The call to a critic; it counts as money and tokens, not as an attempt. Its prompt may show evidence beside the input it is part of. */
export function criticCall(step: PlannedGenerate, slice: Slice, critic: PinnedCritic): OpenCall {
  const writer = (slice.role === null ? undefined : step.models[slice.role]) ?? step.model;
  const answer = bytesPerToken * writer.max_output_tokens * (slice.widen ? widening : 1);
  return {
    name: 'critic',
    ...estimate(critic.model, { bytes: critic.prompt.chars + 2 * slice.size + (slice.found ?? 0) + answer }),
    attempts: 0,
  };
}
