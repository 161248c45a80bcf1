import { z } from 'zod';

/**
 * What must hold of a run of a case. What is judged is the run's output, or what it proposes where it waits for a person.
 * Nothing named: it answers, or proposes an answer, whatever that says.
 */
export const Expectation = z.strictObject({
  /** How the run ends. */
  ends: z.enum(['succeeded', 'failed']).optional(),
  /** The step at which it waits for a person. */
  waits_at: z.string().min(1).optional(),
  /** Each stands in the text of the answer. A number is not found inside a longer one. */
  says: z.array(z.string().min(1)).default([]),
  /** None stands there. */
  never_says: z.array(z.string().min(1)).default([]),
  /** The answer has these values: an object at least these members, a list as many items, in any order. */
  output: z.unknown().optional(),
  /** Whether the answer is an honest "I cannot tell", which states nothing. */
  abstains: z.boolean().optional(),
  /** The language of the text, as ISO 639-1. */
  language: z.string().length(2).optional(),
  /** The text cites a passage that has one of these in its title. */
  sources: z.array(z.string().min(1)).default([]),
});
export type Expectation = z.infer<typeof Expectation>;

/** One line of a chain's `cases.jsonl`: an input and what must hold for it. */
export const Case = z.strictObject({ name: z.string().min(1), input: z.unknown(), holds: Expectation });
export type Case = z.infer<typeof Case>;
