import type { Answer, AskRequest } from '../src/shapes/review.ts';
import type { DecisionKind } from '../src/shapes/decision.ts';
import type { People } from './in-process-engine.ts';

/** What a scripted person says. `value` for an edit; `nobody` leaves the question open until it expires or is withdrawn. */
export type Saying = { decision: DecisionKind; reason?: string; value?: unknown } | 'nobody';

/** The answer of a person who said that to this question. Their time is the epoch: scripted people own no clock. */
export function answerOf(ask: AskRequest, { decision, reason, value }: Exclude<Saying, 'nobody'>): Answer {
  return {
    type: 'decided',
    decision: {
      id: `dec_${ask.step}_${ask.occurrence}_${ask.ask}`,
      decision,
      value: decision === 'edit' ? value : ask.value,
      original: ask.value,
      reason: reason ?? null,
      comment: null,
      by: 'scripted',
      at: new Date(0).toISOString(),
    },
  };
}

const saying = (ask: AskRequest, said: Saying): Promise<Answer> =>
  said === 'nobody' ? new Promise(() => undefined) : Promise.resolve(answerOf(ask, said));

/** Approves everything. */
export const approveAll: People = (ask) => saying(ask, { decision: 'approve' });

/** Nobody is there: questions expire. */
export const nobodyThere: People = (ask) => saying(ask, 'nobody');

/** Says these things in turn, whatever is asked; the last one for all further questions. */
export function inTurn(...sayings: readonly Saying[]): People {
  let n = 0;
  return (ask) => {
    const said = sayings[Math.min(n, sayings.length - 1)] ?? 'nobody';
    n += 1;
    return saying(ask, said);
  };
}

/** Sends the work back so often, then approves. */
export const rejectThenApprove = (times: number, reason = 'not yet'): People =>
  inTurn(...Array.from({ length: times }, (): Saying => ({ decision: 'reject', reason })), { decision: 'approve' });

/** Other people by step, or by queue; who is in neither approves. */
export const peopleOf =
  (by: Record<string, People>): People =>
  (ask, signal) =>
    (by[ask.step] ?? by[ask.queue] ?? approveAll)(ask, signal);
