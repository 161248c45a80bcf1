import type { PinnedModel, Plan, PlannedStep } from '../shapes/plan.ts';
import type { Usage } from '../shapes/usage.ts';
import type { OpenCall, RunState, Slice } from './state.ts';

/** Characters per token, low on purpose: an estimate must not be under the truth. Measured on English and German prose: 3.5 to 4.5. */
const charsPerToken = 3;

const usdOf = (model: PinnedModel, input: number, output: number): number =>
  (input * (model.input_usd_per_mtok ?? 0) + output * (model.output_usd_per_mtok ?? 0)) / 1_000_000;

/** The most a call may cost: the whole prompt in, the whole limit out. `chars`: prompt template plus input. */
export function estimate(model: PinnedModel, chars: number, seesPrevious: boolean): { usd: number; tokens: number } {
  const input = Math.ceil(chars / charsPerToken) + (seesPrevious ? model.max_output_tokens : 0);
  return { usd: usdOf(model, input, model.max_output_tokens), tokens: input + model.max_output_tokens };
}

/** Machine time so far, in ms: the time in which at least one step was at work (a person's wait does not count). */
export const machineTime = (state: RunState, at: number): number =>
  state.clock.total + (state.clock.busy > 0 ? Math.max(0, at - state.clock.since) : 0);

/** Is there room for this call? */
export function affords(plan: Plan, state: RunState, call: OpenCall): boolean {
  const { budget } = plan;
  const { spent, reserved } = state;
  return (budget.usd === null || spent.usd + reserved.usd + call.usd <= budget.usd + 1e-12)
    && (budget.tokens === null || spent.tokens + reserved.tokens + call.tokens <= budget.tokens)
    && spent.attempts + reserved.attempts + call.attempts <= budget.attempts;
}

export const outOfTime = (plan: Plan, state: RunState, at: number): boolean => machineTime(state, at) >= plan.budget.within_ms;

/** Set aside what the call may cost, before it is made. */
export const reserve = (state: RunState, call: OpenCall): RunState => ({
  ...state,
  reserved: { usd: state.reserved.usd + call.usd, tokens: state.reserved.tokens + call.tokens, attempts: state.reserved.attempts + call.attempts },
});

/** What the call really took. `null`: unknown, so all that was reserved counts as spent. */
export interface Bill { usage: Usage | null; cost_usd: number | null; answered: boolean }

/** Book the bill and give the rest back. */
export function settle(state: RunState, call: OpenCall, bill: Bill): RunState {
  const tokens = bill.usage ? bill.usage.input_tokens + bill.usage.output_tokens : bill.cost_usd === 0 ? 0 : call.tokens;
  return {
    ...state,
    reserved: {
      usd: Math.max(0, state.reserved.usd - call.usd), tokens: state.reserved.tokens - call.tokens, attempts: state.reserved.attempts - call.attempts,
    },
    spent: {
      usd: state.spent.usd + (bill.cost_usd ?? call.usd), tokens: state.spent.tokens + tokens,
      attempts: state.spent.attempts + (bill.answered ? call.attempts : 0),
    },
  };
}

/** The call to the step's own model or sources; a person and an effect cost nothing here. */
export function draftCall(step: PlannedStep, slice: Slice): OpenCall {
  if (step.kind !== 'generate') return { name: 'draft', usd: 0, tokens: 0, attempts: step.kind === 'retrieve' ? 1 : 0 };
  const model = (slice.role === null ? undefined : step.models[slice.role]) ?? step.model;
  return { name: 'draft', ...estimate(model, step.prompt.chars + slice.size, slice.hint !== null && slice.hint.previous !== null), attempts: 1 };
}
