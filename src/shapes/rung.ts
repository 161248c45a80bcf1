import { z } from 'zod';

/** One rung of a ladder (C3). `cap` counts over all passes. `human`, `fail` and `best` end a ladder. */
export const Rung = z.discriminatedUnion('rung', [
  z.object({ rung: z.literal('reask'), cap: z.number().int().positive() }),
  z.object({ rung: z.literal('revise'), cap: z.number().int().positive() }),
  z.object({ rung: z.literal('resample'), cap: z.number().int().positive() }),
  /** Drafts side by side until one answer is ahead of every other by `margin`, of at most `samples`. */
  z.object({
    rung: z.literal('vote'),
    cap: z.number().int().positive(),
    samples: z.number().int().min(2),
    margin: z.number().int().positive(),
  }),
  /** `of` drafts side by side; the critic `judge` looks at each, the best goes on. */
  z.object({ rung: z.literal('best_of'), cap: z.number().int().positive(), of: z.number().int().min(2), judge: z.string() }),
  z.object({ rung: z.literal('model'), cap: z.number().int().positive(), model: z.string() }),
  z.object({ rung: z.literal('backtrack'), cap: z.number().int().positive(), to: z.string() }),
  z.object({ rung: z.literal('human'), cap: z.number().int().positive(), queue: z.string() }),
  z.object({ rung: z.literal('fail'), cap: z.literal(1) }),
  z.object({ rung: z.literal('best'), cap: z.literal(1) }),
]);
export type Rung = z.infer<typeof Rung>;
export type RungKind = Rung['rung'];

/** The rungs that draw several drafts side by side. A step may begin with one. */
export type Sampling = Extract<Rung, { rung: 'vote' | 'best_of' }>;

/** Why an attempt was made: the first, again because no answer came, or the rung that caused it. */
export type Remedy = 'first' | 'retry' | RungKind;
