import { sql } from 'kysely';
import { TrimtabError } from '../errors.ts';
import type { DecisionKind } from '../shapes/decision.ts';
import type { Review } from '../shapes/review.ts';
import { audit } from './audit.ts';
import { crashPoint } from './crash-point.ts';
import { json, type Handle } from './database.ts';
import { newId } from './ids.ts';
import { enqueue } from './outbox.ts';
import { free } from './review-queue.ts';
import { refusalOf } from './review-refusal.ts';
import { getReview, resumeRun } from './reviews.ts';
import { enqueueEvent } from './webhook-events.ts';
import type { Who } from './who.ts';

/** A decision as a person sends it. `value`: what stands after it (their own value for `edit`). */
export interface Deciding {
  /** The decision's own id, when its maker may have to find it again after a lost answer. */
  id?: string;
  version: number;
  decision: DecisionKind;
  value: unknown;
  reason: string | null;
  comment: string | null;
  by: Who;
}

/**
 * Decide, in the caller's transaction: one compare-and-swap on (review, version) with its audit row and its outbox row (C7). Throws `review_decided`,
 * `review_expired`, `review_cancelled`, `review_version` or `review_claimed` with the current review in `extra`.
 */
export async function decide(tx: Handle, id: string, deciding: Deciding): Promise<Review> {
  const { version, decision, by } = deciding;
  const won = await tx
    .updateTable('reviews')
    .set({
      status: 'decided',
      version: sql`version + 1`,
      claimed_by: null,
      claimed_by_id: null,
      claimed_until: null,
      assignee: by.name,
      assignee_id: by.id,
      ...(decision === 'edit' ? { value: json(deciding.value) } : {}),
    })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('version', '=', version)
    .where(free(by))
    .returning(['run_id', 'original', 'queue', 'step'])
    .executeTakeFirst();
  if (!won) return lost(tx, id, deciding);
  crashPoint('decision.swapped');
  const decision_id = deciding.id ?? newId('dec');
  await tx
    .insertInto('decisions')
    .values({
      id: decision_id,
      review_id: id,
      run_id: won.run_id,
      decision,
      value: json(deciding.value),
      original: json(won.original),
      reason: deciding.reason,
      comment: deciding.comment,
      by_name: by.name,
      by_id: by.id,
    })
    .execute();
  await audit(tx, { actor: by, action: `review.${decision}`, subject: id, detail: { run_id: won.run_id, decision_id } });
  await enqueue(tx, { topic: 'temporal.decision', run_id: won.run_id, payload: { review_id: id, decision_id }, dedupe: `decision:${id}` });
  await resumeRun(tx, won.run_id);
  await enqueueEvent(tx, {
    event: 'review.decided',
    run_id: won.run_id,
    data: { review_id: id, queue: won.queue, step: won.step, decision, by: by.name, by_id: by.id },
  });
  crashPoint('decision.written');
  const review = await getReview(tx, id);
  if (!review) throw new TrimtabError('not_found', `review ${id} is gone`);
  return review;
}

/** Why the compare-and-swap was lost, with the state as it is now. To a decision that was committed before (its answer was lost): the review. */
async function lost(db: Handle, id: string, deciding: Deciding): Promise<Review> {
  const review = await getReview(db, id);
  if (!review) throw new TrimtabError('not_found', `there is no review ${id}`);
  if (deciding.id !== undefined && review.decision?.id === deciding.id) return review;
  throw refusalOf(review, deciding);
}
