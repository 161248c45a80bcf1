import { sql, type RawBuilder } from 'kysely';
import { isSilent } from '../correct/table.ts';
import type { Note } from '../shapes/call.ts';
import type { Database, Handle } from './database.ts';
import { rowsOf } from './recordset.ts';

/** A note and its run. */
export type RunNote = Note & { run_id: string };

export const notesOf = (run_id: string, notes: readonly Note[]): RunNote[] => notes.map((note) => ({ ...note, run_id }));

/** Place of what the loop itself says of an answer, behind what its rules said: no part of the call's own result. */
export const loopVerdict = 1_000;

/** Write down what the reducer decided. Idempotent: the same notes may come twice. */
export async function applyNotes(db: Handle, notes: readonly RunNote[]): Promise<void> {
  for (const note of notes) await sql`with ${parts([note])} done as (select 1) select 1 from done`.execute(db);
}

/** The notes as parts of a statement that begins with them. One statement changes a row once: of notes on one row the earlier go ahead. */
export async function notesBeside(db: Database, notes: readonly RunNote[]): Promise<RawBuilder<unknown>> {
  const rows = notes.map(({ run_id, note, step, occurrence }) => `${run_id}/${note}/${step}/${occurrence}`);
  if (new Set(rows).size === rows.length) return parts(notes);
  await db.transaction().execute((tx) => applyNotes(tx, notes));
  return sql``;
}

function parts(notes: readonly RunNote[]): RawBuilder<unknown> {
  const outcomes = notes.filter((note) => note.note === 'outcome');
  const verdicts = notes.filter((note) => note.note === 'verdict');
  const steps = notes.filter((note) => note.note === 'step');
  return sql`${outcomes.length > 0 ? outcomesPart(outcomes) : sql``} ${verdicts.length > 0 ? verdictsPart(verdicts) : sql``} ${steps.length > 0 ? stepsPart(steps) : sql``}`;
}

const outcomesPart = (notes: readonly Extract<RunNote, { note: 'outcome' }>[]): RawBuilder<unknown> => sql`noted_outcomes as (
  update attempts a set outcome = n.outcome, answer = case when n.silent then null else a.answer end
  from ${rowsOf(
    notes.map((note) => ({ ...note, silent: isSilent(note.outcome) })),
    { run_id: 'text', step: 'text', occurrence: 'int', attempt: 'int', outcome: 'text', silent: 'boolean' },
  )} n
  where a.run_id = n.run_id and a.step = n.step and a.occurrence = n.occurrence and a.attempt = n.attempt and a.call = 'draft'
    and a.outcome is distinct from 'abandoned'
),`;

const verdictsPart = (notes: readonly Extract<RunNote, { note: 'verdict' }>[]): RawBuilder<unknown> => sql`noted_verdicts as (
  insert into verdicts (run_id, step, occurrence, attempt, call, n, critic, version, verdict, score, reason)
  select a.run_id, a.step, a.occurrence, a.attempt, a.call, ${sql.lit(loopVerdict)}, n.critic, n.version, n.verdict, n.score, n.reason
  from ${rowsOf(
    notes.map(({ verdict, ...note }) => ({ ...note, ...verdict })),
    {
      run_id: 'text',
      step: 'text',
      occurrence: 'int',
      attempt: 'int',
      critic: 'text',
      version: 'text',
      verdict: 'text',
      score: 'double precision',
      reason: 'text',
    },
  )} n
  join attempts a on a.run_id = n.run_id and a.step = n.step and a.occurrence = n.occurrence and a.attempt = n.attempt and a.call = 'draft'
  on conflict do nothing
),`;

const stepsPart = (notes: readonly Extract<RunNote, { note: 'step' }>[]): RawBuilder<unknown> => sql`noted_steps as (
  update steps s set status = n.status,
    superseded_by = case when n.status = 'superseded' then n.superseded_by else s.superseded_by end,
    accepted_attempt = case when n.status = 'superseded' then s.accepted_attempt else n.attempt end
  from ${rowsOf(notes, { run_id: 'text', step: 'text', occurrence: 'int', status: 'text', attempt: 'int', superseded_by: 'int' })} n
  where s.run_id = n.run_id and s.step = n.step and s.occurrence = n.occurrence and (n.status = 'superseded' or s.status <> 'superseded')
),`;
