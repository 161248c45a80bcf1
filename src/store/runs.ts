import { sql, type RawBuilder } from 'kysely';
import type { RunError, RunStatus } from '../shapes/run.ts';
import type { Handle } from './database.ts';
import { rowsOf } from './recordset.ts';
import { eventsBeside } from './webhook-events.ts';

const ended: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled']);

/** What becomes of a run: its end, or why it is blocked. */
export interface StatusChange {
  status: RunStatus;
  output?: unknown;
  error?: RunError | null;
}

/** Write a run's status, with the words on it. A run that has ended stays as it is. Returns whether it changed. */
export async function setRunStatus(db: Handle, run_id: string, change: StatusChange): Promise<boolean> {
  const { rows } = await sql`with ${changing([{ run_id, ...change }])} select id from changed`.execute(db);
  return rows.length > 0;
}

/** The same for any runs, each of them once, as parts of a statement: `changed` has the ids of those that had not ended. */
export const changing = (changes: readonly (StatusChange & { run_id: string })[]): RawBuilder<unknown> => sql`changed as (
  update runs r set status = c.status, updated_at = clock_timestamp(), error = c.error,
    output = case when c.status = 'succeeded' then c.output else r.output end,
    ended_at = case when c.ends then clock_timestamp() end
  from ${rowsOf(
    changes.map((change) => ({ ...change, ends: ended.has(change.status), ...wordOn(change) })),
    { run_id: 'text', status: 'text', output: 'jsonb', error: 'jsonb', ends: 'boolean', event: 'text', data: 'jsonb' },
  )} c
  where r.id = c.run_id and r.ended_at is null returning r.id, r.chain, c.event, c.data
), ${eventsBeside}`;

function wordOn({ status, error = null }: StatusChange): { event: string | null; data: Record<string, unknown> } {
  if (ended.has(status)) return { event: 'run.ended', data: { status } };
  return status === 'blocked' ? { event: 'run.blocked', data: { status, error } } : { event: null, data: {} };
}

/** A run whose workflow's task fails no more: it waits for a person where a question is open, else it runs. */
export async function unblockMisfit(db: Handle, run_id: string): Promise<void> {
  await db
    .updateTable('runs')
    .set({
      status: sql`case when exists (select 1 from reviews where reviews.run_id = runs.id and reviews.status = 'pending') then 'waiting' else 'running' end`,
      error: null,
      updated_at: new Date(),
    })
    .where('id', '=', run_id)
    .where('status', '=', 'blocked')
    .where(sql`error ->> 'code'`, '=', 'build_mismatch')
    // Where a step is named the run itself waits, and ends the wait itself.
    .where(sql`error ->> 'step'`, 'is', null)
    .execute();
}
