import { z } from 'zod';

/** The place a verdict points at: a quoted span of the output, or a JSON pointer into it. */
export const Location = z.object({ quote: z.string().optional(), pointer: z.string().optional() });
export type Location = z.infer<typeof Location>;

/** The step to blame when it is not the judged one. `occurrence` null: the latest. */
export const Blame = z.object({ step: z.string(), occurrence: z.number().int().nullable() });
export type Blame = z.infer<typeof Blame>;

/** What a check (a rule), a critic (a model) or a person says of one answer. */
export const Verdict = z.object({
  critic: z.string(),
  version: z.string(),
  verdict: z.enum(['pass', 'fail', 'unsure']),
  /** 0 (surely wrong) to 1 (surely right), null when the critic gives none. */
  score: z.number().min(0).max(1).nullable(),
  reason: z.string(),
  at: Location.nullable(),
  blames: Blame.nullable(),
  /** Ids of the passages the verdict rests on. */
  evidence: z.array(z.string()),
  /** What was looked for and not found: a backtracked `retrieve` uses it as one more query. */
  missing: z.string().optional(),
});
export type Verdict = z.infer<typeof Verdict>;
