import type { OutcomeKind } from '../shapes/outcome.ts';
import type { Plan, PlannedGenerate, PlannedStep } from '../shapes/plan.ts';
import type { Rung } from '../shapes/rung.ts';
import type { Blame } from '../shapes/verdict.ts';
import type { RunState, Slice } from './state.ts';
import { curesOf, isClosedAccount } from './table.ts';

/** Everything one decision of the loop looks at. */
export interface Turn {
  plan: Plan;
  step: PlannedStep;
  state: RunState;
  slice: Slice;
  at: number;
}

export const ladderOf = (step: PlannedStep): readonly Rung[] => (step.kind === 'generate' || step.kind === 'retrieve' ? step.ladder : []);

export const usesOf = (turn: Turn, index: number): number => turn.state.used[turn.slice.lineage]?.[index] ?? 0;

/** Count one use of a rung, or end it (`all`). */
export function use(turn: Turn, index: number, all = false): Turn {
  const uses = [...(turn.state.used[turn.slice.lineage] ?? [])];
  for (let i = 0; i <= index; i += 1) uses[i] ??= 0;
  uses[index] = all ? Math.max(uses[index] ?? 0, ladderOf(turn.step)[index]?.cap ?? 0) : (uses[index] ?? 0) + 1;
  return { ...turn, state: { ...turn.state, used: { ...turn.state.used, [turn.slice.lineage]: uses } } };
}

/** The blame of the first failed verdict that points at another step. */
export const blameOf = (slice: Slice): Blame | null =>
  slice.verdicts.find((verdict) => verdict.verdict === 'fail' && verdict.blames !== null && verdict.blames.step !== slice.step)?.blames ??
  null;

/**
 * The occurrence to do again: the one that is named, or the latest before this one. `output`: prefer the one that gave it.
 * An answer of an earlier pass that this pass does not use is history: to do it again would change nothing.
 */
export function blamed({ state, slice }: Turn, blame: Blame, output: string | null = null): Slice | null {
  const before = Object.values(state.slices)
    .filter((other) => other.step === blame.step && other.done && other.pass === slice.pass && other.seq < slice.seq)
    .toSorted((a, b) => b.seq - a.seq);
  if (blame.occurrence !== null) return before.find((other) => other.occurrence === blame.occurrence) ?? null;
  return before.find((other) => output !== null && other.output === output) ?? before[0] ?? null;
}

/** An effect that went out after the blamed step, or is it, is a barrier: the machine cannot undo what led to it (C6). */
export const barred = (turn: Turn, target: Slice): boolean => turn.state.acts.some((seq) => seq >= target.seq);

const otherAccount = (turn: Turn, role: string): boolean => {
  const step = turn.step as PlannedGenerate;
  const now = (turn.slice.role === null ? undefined : step.models[turn.slice.role]) ?? step.model;
  return step.models[role]?.provider !== now.provider;
};

function allowed(turn: Turn, rung: Rung, { outcome, elsewhere }: { outcome: OutcomeKind; elsewhere: boolean }): boolean {
  if (rung.rung === 'fail' || rung.rung === 'best') return true;
  if (rung.rung === 'backtrack' || !curesOf(outcome).includes(rung.rung)) return false;
  return (
    rung.rung !== 'model' ||
    (turn.slice.role !== rung.model && (!(elsewhere || isClosedAccount(outcome)) || otherAccount(turn, rung.model)))
  );
}

/**
 * Which rung follows this outcome: the first that the table allows and whose cap is not used up; a blamed earlier step
 * at once, without burning the rungs above (C3); a person at once where an effect bars the way back. Null: none is left.
 * `elsewhere`: another model must be of another provider.
 */
export function choose(turn: Turn, outcome: OutcomeKind, elsewhere = false): number | null {
  const ladder = ladderOf(turn.step);
  const free = (index: number): boolean => usesOf(turn, index) < (ladder[index]?.cap ?? 0);
  const blame = outcome === 'rejected' ? blameOf(turn.slice) : null;
  const back = blame === null ? -1 : ladder.findIndex((rung, index) => rung.rung === 'backtrack' && rung.to === blame.step && free(index));
  if (blame !== null && back >= 0) {
    const target = blamed(turn, blame);
    if (target !== null) return barred(turn, target) ? ladder.length - 1 : back;
  }
  const index = ladder.findIndex((rung, i) => free(i) && allowed(turn, rung, { outcome, elsewhere }));
  return index < 0 ? null : index;
}
