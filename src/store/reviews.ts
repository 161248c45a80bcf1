import { sql, type Selectable } from 'kysely';
import type { Decision } from '../shapes/decision.ts';
import type { Answer, AskRequest, Review } from '../shapes/review.ts';
import { json, type Handle } from './database.ts';
import { passagesOfStep } from './review-context.ts';
import type { DecisionsTable, ReviewsTable } from './schema.ts';
import { enqueueEvent } from './webhook-events.ts';

type Row = Selectable<ReviewsTable> & { demo?: boolean } & {
  [K in keyof Selectable<DecisionsTable> as `d_${K}`]?: Selectable<DecisionsTable>[K] | null;
};

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

function decisionFrom(row: Row): Decision | null {
  if (!row.d_id) return null;
  return {
    id: row.d_id,
    decision: row.d_decision as Decision['decision'],
    value: row.d_value ?? null,
    original: row.d_original ?? null,
    reason: row.d_reason ?? null,
    comment: row.d_comment ?? null,
    by: row.d_by_name ?? '',
    ...(row.d_by_id ? { by_id: row.d_by_id } : {}),
    at: row.d_at?.toISOString() ?? '',
  };
}

/** A lease that has run out is no claim. */
export function reviewFrom(row: Row, now: Date = new Date()): Review {
  const claimed = row.claimed_until !== null && row.claimed_until > now;
  return {
    id: row.id,
    queue: row.queue,
    run_id: row.run_id,
    chain: row.chain,
    step: row.step,
    occurrence: row.occurrence,
    kind: row.kind as Review['kind'],
    status: row.status as Review['status'],
    version: row.version,
    value: row.value ?? null,
    original: row.original ?? null,
    context: row.context,
    verdicts: row.verdicts as Review['verdicts'],
    created_at: row.created_at.toISOString(),
    due_at: time(row.due_at),
    expires_at: row.expires_at.toISOString(),
    assignee: row.assignee,
    assignee_id: row.assignee_id,
    claimed_by: claimed ? row.claimed_by : null,
    claimed_by_id: claimed ? row.claimed_by_id : null,
    claimed_until: claimed ? time(row.claimed_until) : null,
    decision: decisionFrom(row),
    demo: row.demo ?? false,
  };
}

/** Reviews with their decisions, for whoever adds the conditions. */
export const selectReviews = (db: Handle) =>
  db
    .selectFrom('reviews')
    .selectAll('reviews')
    .leftJoin('decisions', 'decisions.review_id', 'reviews.id')
    .select([
      'decisions.id as d_id',
      'decisions.decision as d_decision',
      'decisions.value as d_value',
      'decisions.original as d_original',
      'decisions.reason as d_reason',
      'decisions.comment as d_comment',
      'decisions.by_name as d_by_name',
      'decisions.by_id as d_by_id',
      'decisions.at as d_at',
    ])
    .select((eb) => eb.selectFrom('runs').select('runs.demo').whereRef('runs.id', '=', 'reviews.run_id').as('demo'));

export async function getReview(db: Handle, id: string): Promise<Review | null> {
  const row = await selectReviews(db).where('reviews.id', '=', id).executeTakeFirst();
  return row ? reviewFrom(row as Row) : null;
}

/** Ask a person. The same question (run, step, occurrence, ask) is one review, however often it is asked. */
export async function askPerson(db: Handle, ask: AskRequest, made: { id: string; now: Date }): Promise<Review> {
  const after = (ms: number | null): Date | null => (ms === null ? null : new Date(made.now.getTime() + ms));
  const run = await db.selectFrom('runs').select('input').where('id', '=', ask.run_id).executeTakeFirstOrThrow();
  const inserted = await db
    .insertInto('reviews')
    .values({
      id: made.id,
      run_id: ask.run_id,
      chain: ask.chain,
      step: ask.step,
      occurrence: ask.occurrence,
      ask: ask.ask,
      kind: ask.kind,
      of_step: ask.of,
      queue: ask.queue,
      value: json(ask.value),
      original: json(ask.value),
      verdicts: json(ask.verdicts),
      created_at: made.now,
      context: json({
        input: run.input,
        step_input: ask.step_input,
        why: ask.why,
        passages: await passagesOfStep(db, ask),
        ...(ask.tool === undefined ? {} : { tool: { name: ask.tool } }),
      }),
      due_at: after(ask.due_ms),
      escalate_at: after(ask.escalate?.after_ms ?? null),
      escalate_to: ask.escalate?.to ?? null,
      expires_at: after(ask.expires_ms) ?? made.now,
      assignee: null,
      claimed_by: null,
      assignee_id: null,
      claimed_by_id: null,
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'step', 'occurrence', 'ask']).doNothing())
    .returning('id')
    .executeTakeFirst();
  const row = await selectReviews(db)
    .where('reviews.run_id', '=', ask.run_id)
    .where('reviews.step', '=', ask.step)
    .where('reviews.occurrence', '=', ask.occurrence)
    .where('reviews.ask', '=', ask.ask)
    .executeTakeFirstOrThrow();
  if (inserted) {
    await db
      .updateTable('runs')
      .set({ status: 'waiting', updated_at: made.now })
      .where('id', '=', ask.run_id)
      .where('status', 'in', ['running', 'waiting'])
      .execute();
    await enqueueEvent(db, { event: 'review.created', run_id: ask.run_id, data: { review_id: made.id, queue: ask.queue, step: ask.step } });
  }
  return reviewFrom(row as Row);
}

/** End a question that nobody answered. The compare-and-swap is the one a person's decision wins or loses (C7). */
export async function settleReview(db: Handle, review: { review_id: string; to: 'expired' | 'cancelled' }): Promise<Answer> {
  const updated = await db
    .updateTable('reviews')
    .set({ status: review.to, version: sql`version + 1` })
    .where('id', '=', review.review_id)
    .where('status', '=', 'pending')
    .returning('run_id')
    .executeTakeFirst();
  if (updated) {
    await resumeRun(db, updated.run_id);
    return { type: review.to };
  }
  const decision = await decisionOf(db, review.review_id);
  return decision ? { type: 'decided', decision } : { type: review.to };
}

/** The run goes on when no other question of it is open. */
export async function resumeRun(db: Handle, run_id: string): Promise<void> {
  await db
    .updateTable('runs')
    .set({ status: 'running', updated_at: new Date() })
    .where('id', '=', run_id)
    .where('status', '=', 'waiting')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('reviews').select('id').whereRef('reviews.run_id', '=', 'runs.id').where('status', '=', 'pending'))),
    )
    .execute();
}

export async function decisionOf(db: Handle, review_id: string): Promise<Decision | null> {
  return (await getReview(db, review_id))?.decision ?? null;
}
