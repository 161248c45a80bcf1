import { sql } from 'kysely';
import type { Decision } from '../shapes/decision.ts';
import { audit } from './audit.ts';
import { json, type Database } from './database.ts';
import { resumeRun } from './reviews.ts';
import { transact } from './transact.ts';

/** Reviews that wait, one page of them, by id. */
export const pendingReviews = (db: Database, page: { after: string; limit: number }): Promise<{ id: string; run_id: string }[]> =>
  db
    .selectFrom('reviews')
    .select(['id', 'run_id'])
    .where('status', '=', 'pending')
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();

/** Write down a decision that Temporal was told and these records have lost. False: the review is not pending any more. */
export const recordHeard = (db: Database, review_id: string, decision: Decision): Promise<boolean> =>
  transact(db, async (tx) => {
    const won = await tx
      .updateTable('reviews')
      .set({
        status: 'decided',
        version: sql`version + 1`,
        claimed_by: null,
        claimed_until: null,
        ...(decision.decision === 'edit' ? { value: json(decision.value) } : {}),
      })
      .where('id', '=', review_id)
      .where('status', '=', 'pending')
      .returning('run_id')
      .executeTakeFirst();
    if (!won) return false;
    await tx
      .insertInto('decisions')
      .values({
        id: decision.id,
        review_id,
        run_id: won.run_id,
        decision: decision.decision,
        value: json(decision.value),
        original: json(decision.original),
        reason: decision.reason,
        comment: decision.comment,
        by_name: decision.by,
        ...(decision.by_id === undefined ? {} : { by_id: decision.by_id }),
        at: new Date(decision.at),
      })
      .execute();
    await audit(tx, { actor: 'trimtab', action: 'review.restore', subject: review_id, detail: { decision_id: decision.id } });
    await resumeRun(tx, won.run_id);
    return true;
  });

/** Reviews that wait for nobody, because their run has ended. Returns their ids. */
export async function withdrawLeftOver(db: Database): Promise<string[]> {
  const rows = await db
    .updateTable('reviews')
    .set({ status: 'cancelled', version: sql`version + 1` })
    .where('status', '=', 'pending')
    .where('run_id', 'in', db.selectFrom('runs').select('id').where('ended_at', 'is not', null))
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Take a run of which only Temporal knows into the records. Its steps so far are not on them. False: it is there already. */
export const adoptRun = (db: Database, run: { id: string; chain: string; input: unknown; started_at: Date }): Promise<boolean> =>
  transact(db, async (tx) => {
    const inserted = await tx
      .insertInto('runs')
      .values({ id: run.id, chain: run.chain, input: json(run.input), started_at: run.started_at, user_name: null, metadata: '{}' })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) return false;
    await audit(tx, { actor: 'trimtab', action: 'run.adopt', subject: run.id, detail: { chain: run.chain } });
    return true;
  });

/** A run that Temporal completed and these records held for open: it went well, what it returned is gone with them. */
export const closeCompleted = (db: Database, id: string, error: Record<string, unknown>): Promise<boolean> =>
  transact(db, async (tx) => {
    const closed = await tx
      .updateTable('runs')
      .set({ status: 'succeeded', error: json(error), ended_at: new Date(), updated_at: new Date() })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return closed.numUpdatedRows > 0n;
  });
