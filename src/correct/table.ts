import type { OutcomeKind, Unanswered } from '../shapes/outcome.ts';
import type { RungKind } from '../shapes/rung.ts';

/** A remedy that is no rung: the same call again, after a wait. */
type Cure = Exclude<RungKind, 'fail' | 'best'> | 'again' | 'park';

type Curable = Exclude<OutcomeKind, 'accepted' | 'accepted_under_exhaustion' | 'sampled' | 'cancelled'>;

/**
 * What may follow an outcome (C1): the one table. `again` has a cap of its own; `park` blocks the run (C12) when
 * nothing before it applies. The rungs `fail` and `best` end a ladder whatever the outcome.
 * `backtrack` applies to a verdict that blames its step; `model` after a closed account only to another provider.
 */
export const cures: Record<Curable, readonly Cure[]> = {
  rejected: ['revise', 'resample', 'vote', 'best_of', 'model', 'backtrack', 'human'],
  unsure: ['revise', 'resample', 'vote', 'best_of', 'model', 'human'],
  invalid: ['reask', 'resample', 'vote', 'best_of', 'model', 'human'],
  truncated: ['reask', 'model', 'human'],
  refused: ['model', 'human'],
  filtered: ['model', 'human'],
  rate_limited: ['again', 'model', 'park'],
  overloaded: ['again', 'model', 'park'],
  transport: ['again', 'model', 'park'],
  abandoned: ['again', 'model', 'park'],
  empty: ['again', 'model', 'park'],
  too_large: ['model', 'park'],
  spend_cap: ['model', 'park'],
  auth: ['model', 'park'],
  model_gone: ['model', 'park'],
};

export function curesOf(outcome: OutcomeKind): readonly Cure[] {
  if (outcome === 'accepted' || outcome === 'accepted_under_exhaustion' || outcome === 'sampled') return [];
  return outcome === 'cancelled' ? ['again', 'park'] : cures[outcome];
}

/** Outcomes of a call that say something about the answer: they count as answers, and a person may mend them. */
const content: ReadonlySet<string> = new Set(['invalid', 'truncated', 'refused', 'filtered']);
export const isContent = (outcome: Unanswered): boolean => content.has(outcome);

/** Outcomes of an answer that somebody looked at. */
const judged: ReadonlySet<string> = new Set(['accepted', 'accepted_under_exhaustion', 'rejected', 'unsure', 'sampled'] satisfies Exclude<
  OutcomeKind,
  Unanswered
>[]);
/** The attempt brought no answer: it has no number among the answers. */
export const isSilent = (outcome: OutcomeKind): boolean => !judged.has(outcome) && !content.has(outcome);

/** Outcomes after which only another account helps. */
const closed: ReadonlySet<string> = new Set(['spend_cap', 'auth', 'model_gone']);
export const isClosedAccount = (outcome: OutcomeKind): boolean => closed.has(outcome);
