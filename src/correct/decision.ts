/** What a person's decision makes of a step. */
import { barred, blamed, ladderOf, use, usesOf, type Turn } from './ladder.ts';
import type { Happening } from './move.ts';
import { accept, ask, attempt, edit, end, fail, type Decided } from './turn.ts';

type Decision = Extract<Happening, { event: 'decided' }>;

/** What a person said to a question of the rung `human`. */
export function helped(turn: Turn, { decision, verdict, value }: Decision): Decided {
  const { state, slice, step } = turn;
  if (decision === 'expired') return fail(turn, 'review_expired', 'nobody decided in time');
  const approved = edit({ ...turn, state: { ...state, approved: [...state.approved, `${slice.step}:${value}`] } }, { output: value });
  if (decision === 'edit') return accept(approved, 'edited', null);
  if (decision === 'approve' && slice.candidate !== null) return accept(approved, 'accepted', slice.candidate.attempt);
  if (decision === 'approve') return end(turn, 'there is no answer to approve: write one, or send it back', 'ladder_exhausted');
  const index = ladderOf(step).length - 1;
  if (usesOf(turn, index) >= (ladderOf(step)[index]?.cap ?? 0)) return fail(turn, 'rejected_by_person', verdict.reason);
  const standing = [...slice.standing.filter(({ critic }) => critic !== 'person'), verdict];
  return attempt(turn, { rung: index, remedy: 'human', hint: { previous: slice.candidate?.attempt ?? null, verdicts: [] }, standing });
}

/** What a person said in a review step: to send back is a verdict that blames the step whose answer it is (C7). */
export function returned(turn: Turn, { decision, verdict, value }: Decision): Decided {
  if (turn.step.kind !== 'review') throw new Error(`${turn.slice.step} is no review`);
  if (decision === 'approve') return accept(edit(turn, { output: value }), 'accepted', null);
  if (decision === 'edit') return accept(edit(turn, { output: value }), 'edited', null);
  if (decision === 'expired') return fail(turn, 'review_expired', 'nobody decided in time');
  if (usesOf(turn, 0) >= turn.step.returns) return fail(turn, 'rejected_by_person', verdict.reason);
  const used = use(turn, 0);
  const target = blamed(turn, { step: turn.step.of, occurrence: null }, turn.slice.output);
  if (target === null || barred(turn, target)) {
    return ask(used, `sent back, but ${turn.step.of} cannot be done again after an effect went out: approve or edit`);
  }
  return { turn: used, move: { move: 'backtrack', to: { step: target.step, occurrence: target.occurrence }, verdicts: [verdict] } };
}
