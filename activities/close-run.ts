import type { Note } from '../src/shapes/call.ts';
import type { RunError } from '../src/shapes/run.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import { applyNotes, notesBeside, notesOf } from '../src/store/ledger-notes.ts';
import { setRunStatus, type StatusChange } from '../src/store/runs.ts';
import type { ActivityDependencies } from './index.ts';

export type Close = { run_id: string; chain: string; notes: Note[] } & (
  | { status: 'succeeded'; output: unknown }
  | { status: 'failed'; error: RunError }
  | { status: 'cancelled' }
);

/** Write down how the run ended. An output that the chain's schema refuses is a bug of the chain: nothing is closed then. */
export async function closeRun(deps: ActivityDependencies, close: Close): Promise<{ misfit: string | null }> {
  const parsed = close.status === 'succeeded' ? deps.chains.get(close.chain)?.definition.output.safeParse(close.output) : undefined;
  const issue = parsed?.success === false ? parsed.error.issues[0] : undefined;
  const notes = notesOf(close.run_id, close.notes);
  if (issue) await deps.db.transaction().execute((tx) => applyNotes(tx, notes));
  else await setRunStatus(deps.db, close.run_id, { ...endOf(close), beside: await notesBeside(deps.db, notes) });
  crashPoint('close.committed');
  return {
    misfit: issue ? `the chain returned something that is no output of it: ${issue.path.join('.') || 'output'}: ${issue.message}` : null,
  };
}

function endOf(close: Close): StatusChange {
  switch (close.status) {
    case 'succeeded':
      return { status: 'succeeded', output: close.output };
    case 'failed':
      return { status: 'failed', error: close.error };
    case 'cancelled':
      return { status: 'cancelled' };
  }
}
