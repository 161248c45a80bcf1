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
