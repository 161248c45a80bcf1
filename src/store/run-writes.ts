import { sql, type RawBuilder } from 'kysely';
import type { Note } from '../shapes/call.ts';
import type { Plan } from '../shapes/plan.ts';
import type { Database } from './database.ts';
import { notesBeside, notesOf } from './ledger-notes.ts';
import { rowsOf } from './recordset.ts';
import { changing, type StatusChange } from './runs.ts';
import { changeTogether } from './statement.ts';
import { together } from './together.ts';
import { again } from './transact.ts';

/** A run's plan, to be written once, or what became of it, with the last notes on its calls. */
export type RunWrite =
  | { type: 'open'; run_id: string; plan: Plan; demo: boolean }
  | { type: 'close'; run_id: string; change: StatusChange; notes: readonly Note[] };

/**
 * Writes that come at the same time go in one statement, as the ledger's do: of a batch's cases many open and end at once. Answers whether it was
 * done: a plan that is there already stays, and so does a run that has ended. They do not go with the ledger's own: a statement that changes a run's
 * row and locks it for an answer of the same run would pass that answer over.
 */
export const runWriter = (db: Database): ((write: RunWrite) => Promise<boolean>) =>
  together((writes: readonly RunWrite[]) => again(() => writeRuns(db, writes), { repeatable: true }), { most: 32, lanes: 2 });

async function writeRuns(db: Database, writes: readonly RunWrite[]): Promise<boolean[]> {
  // A statement changes a row once, and which of two values it takes is anybody's guess: a second word on a run comes too late.
  const seen = new Set<string>();
  const firsts = new Set(writes.filter(({ type, run_id }) => seen.size < seen.add(`${type} ${run_id}`).size));
  const opens = [...firsts].filter((write) => write.type === 'open');
  const closes = [...firsts].filter((write) => write.type === 'close');
  const notes = await notesBeside(
    db,
    closes.flatMap((close) => notesOf(close.run_id, close.notes)),
  );
  const changes = [
    ...(opens.length > 0 ? [{ name: 'opened', part: opening(opens) }] : []),
    ...(closes.length > 0 ? [{ name: 'changed', part: changing(closes.map(({ run_id, change }) => ({ run_id, ...change }))) }] : []),
  ];
  const ids = await changeTogether(db, { notes, changes, column: 'id' });
  return writes.map((write) => firsts.has(write) && ids.has(write.run_id));
}

const opening = (opens: readonly Extract<RunWrite, { type: 'open' }>[]): RawBuilder<unknown> => sql`opened as (
  update runs r set plan = o.plan, demo = o.demo
  from ${rowsOf(opens, { run_id: 'text', plan: 'jsonb', demo: 'boolean' })} o
  where r.id = o.run_id and r.plan is null and r.deleted_at is null returning r.id
)`;
