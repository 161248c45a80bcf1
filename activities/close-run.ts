import type { Note } from '../src/shapes/call.ts';
import type { RunError } from '../src/shapes/run.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import { applyNotes, notesOf } from '../src/store/ledger-notes.ts';
import type { RunWrite } from '../src/store/run-writes.ts';
import type { StatusChange } from '../src/store/runs.ts';
import type { ActivityDependencies } from './index.ts';

export type Close = { run_id: string; chain: string; notes: Note[] } & (
  | { status: 'succeeded'; output: unknown }
  | { status: 'failed'; error: RunError }
  | { status: 'cancelled' }
);

/** Write down how the run ended. An output that the chain's schema refuses is a bug of the chain: nothing is closed then. */
export async function closeRun(
  deps: Pick<ActivityDependencies, 'db' | 'chains'> & { write(write: RunWrite): Promise<boolean> },
  close: Close,
): Promise<{ misfit: string | null }> {
  const parsed = close.status === 'succeeded' ? deps.chains.get(close.chain)?.definition.output.safeParse(close.output) : undefined;
  const issue = parsed?.success === false ? parsed.error.issues[0] : undefined;
  const { run_id, notes } = close;
  if (issue) await deps.db.transaction().execute((tx) => applyNotes(tx, notesOf(run_id, notes)));
  else await deps.write({ type: 'close', run_id, change: endOf(close), notes });
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
