import { sql } from 'kysely';
import type { RunError, RunStatus } from '../shapes/run.ts';
import { json, type Handle } from './database.ts';
import { enqueueEvent } from './webhook-events.ts';

const ended: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled']);

/** What becomes of a run: its end, or why it is blocked. */
export interface StatusChange {
  status: RunStatus;
  output?: unknown;
  error?: RunError | null;
}

/** Write a run's status, with what goes with it. A run that has ended stays as it is. Returns whether it changed. */
export async function setRunStatus(db: Handle, run_id: string, change: StatusChange): Promise<boolean> {
  const { status } = change;
  const updated = await db
    .updateTable('runs')
    .set({
      status,
      updated_at: new Date(),
      error: change.error ? json(change.error) : null,
      ...(change.output === undefined ? {} : { output: json(change.output) }),
      ...(ended.has(status) ? { ended_at: new Date() } : {}),
    })
    .where('id', '=', run_id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return false;
  if (ended.has(status)) await enqueueEvent(db, { event: 'run.ended', run_id, data: { status } });
  if (status === 'blocked') await enqueueEvent(db, { event: 'run.blocked', run_id, data: { status, error: change.error ?? null } });
  return true;
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
