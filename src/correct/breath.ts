/** The money of one breath: a draft and the critics that look at it in the same activity are reserved together and billed together. */
import type { PinnedCritic, PlannedGenerate } from '../shapes/plan.ts';
import { criticCall, type Bill } from './budget.ts';
import type { OpenCall, Slice } from './state.ts';

type Cost = Pick<Bill, 'usage' | 'cost_usd'>;

/** The draft's call with the calls to those who look at it: what one breath may cost. */
export function breathCall(
  step: PlannedGenerate,
  slice: Slice,
  { draft, judges }: { draft: OpenCall; judges: readonly PinnedCritic[] },
): OpenCall {
  const critics = judges.map((critic) => criticCall(step, slice, critic));
  const sum = (kind: 'usd' | 'tokens'): number => critics.reduce((total, call) => total + call[kind], draft[kind]);
  return { ...draft, usd: sum('usd'), tokens: sum('tokens') };
}

/** One bill for the draft and those who looked at it. What one of them cost is unknown: so is the sum. */
export function breathBill(bills: readonly Cost[]): Cost {
  const sum = (of: (bill: Cost) => number | undefined): number => bills.reduce((total, bill) => total + (of(bill) ?? 0), 0);
  const unknownUsage = bills.some(({ usage, cost_usd }) => usage === null && cost_usd !== 0);
  const unknownCost = bills.some(({ cost_usd }) => cost_usd === null);
  return {
    usage: unknownUsage
      ? null
      : { input_tokens: sum(({ usage }) => usage?.input_tokens), output_tokens: sum(({ usage }) => usage?.output_tokens) },
    cost_usd: unknownCost ? null : sum(({ cost_usd }) => cost_usd ?? 0),
  };
}
