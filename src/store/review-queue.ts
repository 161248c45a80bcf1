import { sql } from 'kysely';
import { TrimtabError } from '../errors.ts';
import type { Review } from '../shapes/review.ts';
import { canonical } from '../correct/canonical.ts';
import { audit } from './audit.ts';
import { json, type Database, type Handle } from './database.ts';
import { decodeCursor, encodeCursor, type Page } from './page.ts';
import { refusalOf } from './review-refusal.ts';
import { again, transact } from './transact.ts';
import { getReview, reviewFrom, selectReviews } from './reviews.ts';

export interface ReviewFilter {
  queue?: string | undefined;
  status?: string | undefined;
  assignee?: string | undefined;
  run_id?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Pending ones first, then by due time (none last), then by age. The cursor holds the whole sort key, so that inserts do not shift pages. */
export async function listReviews(db: Handle, filter: ReviewFilter): Promise<Page<Review>> {
  const rank = sql<number>`case when reviews.status = 'pending' then 0 else 1 end`;
  const due = sql<Date>`coalesce(reviews.due_at, 'infinity'::timestamptz)`;
  const key = sql<string>`concat_ws('|', case when reviews.status = 'pending' then 0 else 1 end, coalesce(reviews.due_at, 'infinity'::timestamptz)::text, reviews.created_at::text, reviews.id)`;
  let query = selectReviews(db)
    .select(key.as('sort_key'))
    .orderBy(rank)
    .orderBy(due)
    .orderBy('reviews.created_at')
    .orderBy('reviews.id')
    .limit(filter.limit + 1);
  if (filter.queue !== undefined) query = query.where('queue', '=', filter.queue);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.assignee !== undefined) query = query.where('assignee', '=', filter.assignee);
  if (filter.run_id !== undefined) query = query.where('reviews.run_id', '=', filter.run_id);
  if (filter.cursor !== undefined) {
    const [r = '1', d = 'infinity', created = '-infinity', id = ''] = decodeCursor(filter.cursor).split('|');
    query = query.where(
      sql<boolean>`(${rank}, ${due}, reviews.created_at, reviews.id) > (${Number(r)}::int, ${d}::timestamptz, ${created}::timestamptz, ${id})`,
    );
  }
  const rows = await query.execute();
  const data = rows.slice(0, filter.limit);
  return {
    data: data.map((row) => reviewFrom(row as Parameters<typeof reviewFrom>[0])),
    next_cursor: rows.length > filter.limit ? encodeCursor(data.at(-1)?.sort_key ?? '') : null,
  };
}

/** How long a claim lasts; claiming again renews it. */
const leaseMs = 10 * 60_000;

/** Nobody else holds it: no claim, one's own, or one that has run out. */
export const free = (by: string) => sql<boolean>`(claimed_by is null or claimed_by = ${by} or claimed_until <= now())`;

export async function claimReview(db: Database, id: string, by: string): Promise<Review> {
  const until = new Date(Date.now() + leaseMs);
  const claim = db
    .updateTable('reviews')
    .set({ claimed_by: by, claimed_until: until })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where(free(by));
  const claimed = await again(() => claim.executeTakeFirst(), { repeatable: true });
  const review = await existing(db, id);
  if (claimed.numUpdatedRows > 0n) return review;
  throw refusalOf(review, { by });
}

/** Give a claim back. Not held by you: nothing happens. */
export async function releaseReview(db: Database, id: string, by: string): Promise<Review> {
  const release = db
    .updateTable('reviews')
    .set({ claimed_by: null, claimed_until: null })
    .where('id', '=', id)
    .where('claimed_by', '=', by);
  await again(() => release.execute(), { repeatable: true });
  return existing(db, id);
}

/** Save a draft of the value; the version moves, so that a decision on the old text is refused. Not while another holds the claim. */
export async function saveReviewValue(db: Database, id: string, change: { version: number; value: unknown; by: string }): Promise<Review> {
  const save = db
    .updateTable('reviews')
    .set({ value: json(change.value), version: sql`version + 1` })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('version', '=', change.version)
    .where(free(change.by));
  const saved = await again(() => save.executeTakeFirst(), { repeatable: true });
  const review = await existing(db, id);
  if (saved.numUpdatedRows > 0n) return review;
  // Saved before, by a request whose answer was lost: what it wanted stands.
  if (review.status === 'pending' && review.version === change.version + 1 && canonical(review.value) === canonical(change.value))
    return review;
  throw refusalOf(review, change);
}

async function existing(db: Handle, id: string): Promise<Review> {
  const review = await getReview(db, id);
  if (!review) throw new TrimtabError('not_found', `there is no review ${id}`);
  return review;
}

/** Move what nobody took in time to the queue above. Returns how many moved. */
export async function escalateDue(db: Database, now: Date = new Date()): Promise<number> {
  return transact(db, async (tx) => {
    const moved = await tx
      .updateTable('reviews')
      .set({ queue: sql`escalate_to`, escalated_at: now })
      .where('status', '=', 'pending')
      .where('escalated_at', 'is', null)
      .where('escalate_at', '<=', now)
      .where('escalate_to', 'is not', null)
      .returning(['id', 'queue'])
      .execute();
    for (const { id, queue } of moved) await audit(tx, { actor: 'trimtab', action: 'review.escalate', subject: id, detail: { queue } });
    return moved.length;
  });
}
