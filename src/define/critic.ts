import type { z } from 'zod';
import type { CheckContext, Finding } from './check.ts';

/**
 * A model that judges an answer. Its prompt sees `input`, `output` and `evidence`, never the writer's reasoning, and
 * answers `{verdict, reason, at, blames, missing}`. `model` is a role in trimtab.config.ts.
 */
export interface Critic {
  readonly kind: 'critic';
  readonly name: string;
  readonly prompt: string;
  readonly model: string;
  /** The prompt's text; a file of the prompt's name in the chain's folder takes its place. Absent: there must be such a file. */
  readonly template?: string | undefined;
  readonly inquiry?: Inquiry | undefined;
}

/**
 * For a critic that is not asked for its opinion: it answers what `show` makes of an output, without seeing the output, and a
 * rule compares. Its prompt sees `shown`, `input` and `evidence`. One call, with one row and one bill.
 */
export interface Inquiry<A = unknown> {
  readonly answer: z.ZodType<A>;
  /** Null: there is nothing to ask, and the output passes. */
  show(output: unknown, context: CheckContext): unknown;
  /** What is wrong with the output, by the answer. None: it passes. A throw fails closed (C9). */
  findings(answer: A, output: unknown, context: CheckContext): Finding[];
}

export const critic = <A = unknown>(options: {
  name: string;
  prompt?: string;
  model?: string;
  template?: string;
  inquiry?: Inquiry<A>;
}): Critic => ({
  kind: 'critic',
  name: options.name,
  prompt: options.prompt ?? options.name,
  model: options.model ?? 'judge',
  template: options.template,
  // Variance: whoever holds critics of all kinds cannot name what each is answered.
  inquiry: options.inquiry as Inquiry | undefined,
});
