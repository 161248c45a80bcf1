import { sql, type RawBuilder } from 'kysely';
import type { RunError, RunStatus } from '../shapes/run.ts';
import { json, type Handle } from './database.ts';
import { eventBeside } from './webhook-events.ts';

const ended: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled']);

/** What becomes of a run: its end, or why it is blocked. */
export interface StatusChange {
  status: RunStatus;
  output?: unknown;
  error?: RunError | null;
}

/**
 * Write a run's status, with what goes with it: one statement, that may begin with others. A run that has ended stays as it
 * is. Returns whether it changed.
 */
export async function setRunStatus(
  db: Handle,
  run_id: string,
  { status, beside = sql``, ...change }: StatusChange & { beside?: RawBuilder<unknown> },
): Promise<boolean> {
  const error = change.error ? json(change.error) : null;
  const told = ended.has(status)
    ? eventBeside('run.ended', { status })
    : status === 'blocked'
      ? eventBeside('run.blocked', { status, error: change.error ?? null })
      : sql``;
  const { rows } = await sql`
    with ${beside} changed as (
      update runs set status = ${status}, updated_at = clock_timestamp(), error = ${error}::jsonb
        ${change.output === undefined ? sql`` : sql`, output = ${json(change.output)}::jsonb`}
        ${ended.has(status) ? sql`, ended_at = clock_timestamp()` : sql``}
      where id = ${run_id} and ended_at is null returning id, chain
    ) ${told}
    select id from changed`.execute(db);
  return rows.length > 0;
}

/** A run whose cause is gone without anybody's word: it waits for a person where a question is open, else it runs. */
export async function unblock(db: Handle, run_id: string, code: string): Promise<void> {
  await db
    .updateTable('runs')
    .set({
      status: sql`case when exists (select 1 from reviews where reviews.run_id = runs.id and reviews.status = 'pending') then 'waiting' else 'running' end`,
      error: null,
      updated_at: new Date(),
    })
    .where('id', '=', run_id)
    .where('status', '=', 'blocked')
    .where(sql`error ->> 'code'`, '=', code)
    .execute();
}
