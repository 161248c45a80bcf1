import { z } from 'zod';

/** What became of one attempt. Only verdicts accept: a provider merely answers. The table in correct/table.ts says what follows. */
export const OutcomeKind = z.enum([
  'accepted',
  'accepted_under_exhaustion',
  'rejected',
  'unsure',
  /** One of several drafts side by side: it was counted, and another went on. */
  'sampled',
  'invalid',
  'truncated',
  'refused',
  'filtered',
  'empty',
  'too_large',
  'rate_limited',
  'overloaded',
  'transport',
  'spend_cap',
  'auth',
  'model_gone',
  'cancelled',
  'abandoned',
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

/** Outcomes of a call that brought no answer to judge. */
export type Unanswered = Exclude<OutcomeKind, 'accepted' | 'accepted_under_exhaustion' | 'rejected' | 'unsure' | 'sampled'>;
