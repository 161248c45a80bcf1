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
import type { Who } from './who.ts';

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
  if (filter.assignee !== undefined)
    query = query.where((eb) => eb.or([eb('assignee', '=', filter.assignee ?? ''), eb('assignee_id', '=', filter.assignee ?? '')]));
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

export interface QueueCount {
  queue: string;
  pending: number;
  overdue: number;
}

/** Every queue in which something waits, by name. */
export async function countQueues(db: Handle, now: Date = new Date()): Promise<QueueCount[]> {
  return db
    .selectFrom('reviews')
    .select(({ fn }) => ['queue', fn.countAll<number>().as('pending'), fn.countAll<number>().filterWhere('due_at', '<', now).as('overdue')])
    .where('status', '=', 'pending')
    .groupBy('queue')
    .orderBy('queue')
    .execute();
}

/** How long a claim lasts; claiming again renews it. */
const leaseMs = 10 * 60_000;

/** Nobody else holds it: no claim, one's own, or one that has run out. */
export const free = (by: Who) => sql<boolean>`(claimed_by is null or claimed_by_id = ${by.id} or claimed_until <= now())`;

/** Take it: nobody else may change it until the lease runs out. It is theirs (`assignee`) until they give it back or another takes it. */
export async function claimReview(db: Database, id: string, by: Who): Promise<Review> {
  const until = new Date(Date.now() + leaseMs);
  const claim = db
    .updateTable('reviews')
    .set({ claimed_by: by.name, claimed_by_id: by.id, claimed_until: until, assignee: by.name, assignee_id: by.id })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where(free(by));
  const claimed = await again(() => claim.executeTakeFirst(), { repeatable: true });
  const review = await existing(db, id);
  if (claimed.numUpdatedRows > 0n) return review;
  throw refusalOf(review, { by });
}

/** Give it back, also after the claim ran out. Not yours: nothing happens. */
export async function releaseReview(db: Database, id: string, by: Who): Promise<Review> {
  const release = db
    .updateTable('reviews')
    .set({ claimed_by: null, claimed_by_id: null, claimed_until: null, assignee: null, assignee_id: null })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('assignee_id', '=', by.id);
  await again(() => release.execute(), { repeatable: true });
  return existing(db, id);
}

/**
 * Save a draft of the value, in the caller's transaction; the version moves, so that a decision on the old text is refused.
 * Not while another holds the claim.
 */
export async function saveReviewValue(tx: Handle, id: string, change: { version: number; value: unknown; by: Who }): Promise<Review> {
  const saved = await tx
    .updateTable('reviews')
    .set({ value: json(change.value), version: sql`version + 1` })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('version', '=', change.version)
    .where(free(change.by))
    .executeTakeFirst();
  const review = await existing(tx, id);
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
