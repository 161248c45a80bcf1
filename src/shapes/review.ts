import { z } from 'zod';
import { Decision } from './decision.ts';
import { Verdict } from './verdict.ts';

export const ReviewStatus = z.enum(['pending', 'decided', 'expired', 'cancelled']);
export type ReviewStatus = z.infer<typeof ReviewStatus>;

/** One proposal to a person. `version` moves with each saved change and with the decision; `value` is what the person sees and edits. */
export const Review = z.object({
  id: z.string(),
  queue: z.string(),
  run_id: z.string(),
  chain: z.string(),
  step: z.string(),
  occurrence: z.number().int(),
  /** `review`: a step of the chain that always asks. `human`: the loop could not settle a step. `tool`: a model wants to write. */
  kind: z.enum(['review', 'human', 'tool']),
  status: ReviewStatus,
  version: z.number().int(),
  value: z.unknown(),
  original: z.unknown(),
  /** The run's input and the evidence the value rests on: `{ input, step_input, why }`; of a call, which the value are the arguments of, its `tool`. */
  context: z.unknown(),
  verdicts: z.array(Verdict),
  created_at: z.string(),
  due_at: z.string().nullable(),
  expires_at: z.string(),
  /** Who holds it now. `user:NAME` or a key's id beside it, because a key may carry a person's name. */
  claimed_by: z.string().nullable(),
  claimed_by_id: z.string().nullable(),
  claimed_until: z.string().nullable(),
  /** Who took it last and did not give it back, or decided it. A claim that ran out leaves it. */
  assignee: z.string().nullable(),
  assignee_id: z.string().nullable(),
  decision: Decision.nullable(),
  /** A demo model wrote what is proposed. */
  demo: z.boolean(),
});
export type Review = z.infer<typeof Review>;

/** What the loop asks a person. Times are spans in ms; `of` names the step whose answer is shown. */
export interface AskRequest {
  run_id: string;
  chain: string;
  step: string;
  occurrence: number;
  pass: number;
  /** Counts the questions of one occurrence: a new proposal is a new review. */
  ask: number;
  kind: 'review' | 'human' | 'tool';
  of: string;
  /** The tool that is to be called; the value are its arguments. */ tool?: string;
  queue: string;
  value: unknown;
  step_input: unknown;
  input_hash: string;
  verdicts: Verdict[];
  /** One sentence: why a person is asked. */
  why: string;
  due_ms: number | null;
  escalate: { after_ms: number; to: string } | null;
  expires_ms: number;
}

/** How a question to a person ended. */
export type Answer = { type: 'decided'; decision: Decision } | { type: 'expired' } | { type: 'cancelled' };
