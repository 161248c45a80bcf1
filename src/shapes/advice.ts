import type { Verdict } from './verdict.ts';

/**
 * What a new attempt is told. `previous` is the rejected output (revise and reask only; a resample starts fresh),
 * `verdicts` what was wrong with it, `comment` a person's words.
 */
export interface Advice {
  previous: unknown;
  verdicts: Verdict[];
  comment: string | null;
}
