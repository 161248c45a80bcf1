import { sql } from 'kysely';
import type { CallKey, CallResult, Note } from '../shapes/call.ts';
import type { OutcomeKind, Unanswered } from '../shapes/outcome.ts';
import type { SourceReport } from '../shapes/passage.ts';
import type { StepKind } from '../shapes/step.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { crashPoint } from './crash-point.ts';
import { json, plain, type Database, type Handle } from './database.ts';
import { again } from './transact.ts';
import type { AttemptsTable } from './schema.ts';
import type { Selectable } from 'kysely';

/** What is known of a call before it is made. `owner`: the token that may finish it. */
export interface CallStart {
  key: CallKey;
  owner: string;
  kind: StepKind;
  pass: number;
  input: unknown;
  input_hash: string;
  remedy: string;
  answer: number | null;
  provider: string | null;
  model: string | null;
  demo: boolean;
  prompt: { name: string; version: string } | null;
  advice: unknown;
  notes: Note[];
}
/** What is known after it. `sent`: what went to the model or the tool, as far as it is more than the input. */
export interface CallEnd {
  result: Exclude<CallResult, { type: 'stuck' }>;
  sent: unknown;
}

/** `finished`: the row was there; its result is returned and nothing is called again. `taken`: an open row of another owner was closed as abandoned. */
export type Begun = { type: 'started' } | { type: 'finished' | 'taken'; result: CallResult };

/** The fence around every call (C5), as the hands see it: Postgres here, memory in tests. */
export interface Ledger {
  begin(start: CallStart): Promise<Begun>;
  /** False: another owner has taken the row over, the result is not recorded. */
  finish(key: CallKey, owner: string, end: CallEnd): Promise<boolean>;
}

export const postgresLedger = (db: Database): Ledger => ({
  // The owner's token finds what was written before a commit's answer was lost, so both may be done again.
  begin: (start) => again(() => begin(db, start), { repeatable: true }),
  finish: (key, owner, end) => again(() => finish(db, { key, owner, end }), { repeatable: true }),
});

/** Insert the row before the call. The insert is the fence: of two executions one starts, the other finds the row. */
async function begin(db: Database, start: CallStart): Promise<Begun> {
  const begun = await db.transaction().execute(async (tx) => {
    await applyNotes(tx, start.key.run_id, start.notes);
    const started = (await insertStarted(tx, start)) ? { type: 'started' as const } : null;
    crashPoint('ledger.begin.written');
    return started;
  });
  crashPoint('ledger.begin.committed');
  return begun ?? takeOver(db, start);
}

async function insertStarted(db: Handle, start: CallStart): Promise<boolean> {
  const { run_id, step, occurrence, attempt, call } = start.key;
  const inserted = await sql`
    with step_row as (
      insert into steps (run_id, step, occurrence, pass, kind, input, input_hash)
      values (${run_id}, ${step}, ${occurrence}, ${start.pass}, ${start.kind}, ${json(start.input)}::jsonb, ${start.input_hash})
      on conflict do nothing
    )
    insert into attempts (run_id, step, occurrence, attempt, call, owner, remedy, answer, provider, model, demo, prompt_name, prompt_version, advice)
    values (${run_id}, ${step}, ${occurrence}, ${attempt}, ${call}, ${start.owner}, ${start.remedy}, ${start.answer}, ${start.provider}, ${start.model},
      ${start.demo}, ${start.prompt?.name ?? null}, ${start.prompt?.version ?? null}, ${start.advice === null ? null : json(start.advice)}::jsonb)
    on conflict do nothing returning 1`.execute(db);
  return inserted.rows.length === 1;
}

/** The row is there. Finished: return what it says. Open: its owner is dead or fenced off from now on; close it as abandoned, cost unknown. */
async function takeOver(db: Database, start: CallStart): Promise<Begun> {
  const row = await rowOf(db, start.key);
  if (row.owner === start.owner && row.status === 'started') return { type: 'started' };
  if (row.status === 'started') {
    const message = 'the worker that made this call was lost; what it cost is unknown';
    const taken = await where(
      db
        .updateTable('attempts')
        .set({
          status: 'finished',
          owner: start.owner,
          result: 'abandoned',
          outcome: 'abandoned',
          answer: null,
          message,
          ended_at: new Date(),
        }),
      start.key,
    )
      .where('status', '=', 'started')
      .where('owner', '=', row.owner)
      .executeTakeFirst();
    if (taken.numUpdatedRows === 0n) return takeOver(db, start);
    crashPoint('ledger.taken_over');
    return {
      type: 'taken',
      result: { type: 'nothing', outcome: 'abandoned', message, retry_after_ms: null, output: null, usage: null, cost_usd: null },
    };
  }
  return { type: 'finished', result: await resultOf(db, start.key, row) };
}

interface Keyed<Q> {
  where(column: 'run_id' | 'step' | 'occurrence' | 'attempt' | 'call', operator: '=', value: string | number): Q;
}
const where = <Q extends Keyed<Q>>(query: Q, key: CallKey): Q =>
  query
    .where('run_id', '=', key.run_id)
    .where('step', '=', key.step)
    .where('occurrence', '=', key.occurrence)
    .where('attempt', '=', key.attempt)
    .where('call', '=', key.call);

const rowOf = (db: Handle, key: CallKey): Promise<Selectable<AttemptsTable>> =>
  db
    .selectFrom('attempts')
    .selectAll()
    .where('run_id', '=', key.run_id)
    .where('step', '=', key.step)
    .where('occurrence', '=', key.occurrence)
    .where('attempt', '=', key.attempt)
    .where('call', '=', key.call)
    .executeTakeFirstOrThrow();

/** A recorded result, as the call gave it. */
async function resultOf(db: Handle, key: CallKey, row: Selectable<AttemptsTable>): Promise<CallResult> {
  const usage = row.input_tokens === null ? null : { input_tokens: row.input_tokens, output_tokens: row.output_tokens ?? 0 };
  if (row.result !== 'answer') {
    return {
      type: 'nothing',
      outcome: (row.result ?? 'abandoned') as Unanswered,
      message: row.message ?? '',
      retry_after_ms: row.retry_after_ms,
      output: row.output ?? null,
      usage,
      cost_usd: row.cost_usd,
    };
  }
  const verdicts = await where(db.selectFrom('verdicts').selectAll(), key).orderBy('n').execute();
  return {
    type: 'answer',
    output: row.output,
    output_hash: row.output_hash ?? '',
    usage,
    cost_usd: row.cost_usd,
    sources: row.sources as SourceReport[],
    verdicts: verdicts.map((verdict): Verdict => ({
      critic: verdict.critic,
      version: verdict.version,
      verdict: verdict.verdict,
      score: verdict.score,
      reason: verdict.reason,
      at: verdict.at as Verdict['at'],
      blames: verdict.blames as Verdict['blames'],
      evidence: verdict.evidence as string[],
      ...(verdict.missing === null ? {} : { missing: verdict.missing }),
    })),
  };
}

/** Finish the row, if it is still ours, together with the verdicts of the rules on it. */
async function finish(db: Database, { key, owner, end }: { key: CallKey; owner: string; end: CallEnd }): Promise<boolean> {
  const { result, sent } = end;
  const answered = result.type === 'answer';
  return db.transaction().execute(async (tx) => {
    const updated = await where(
      tx
        .updateTable('attempts')
        .set({
          status: 'finished',
          ended_at: new Date(),
          sent: sent === null ? null : json(sent),
          result: answered ? 'answer' : result.outcome,
          output: result.output === null ? null : json(result.output),
          output_hash: answered ? result.output_hash : null,
          sources: json(answered ? (result.sources ?? []) : []),
          message: answered ? null : plain(result.message),
          retry_after_ms: answered ? null : result.retry_after_ms,
          input_tokens: result.usage?.input_tokens ?? null,
          output_tokens: result.usage?.output_tokens ?? null,
          cached_tokens: result.usage?.cached_tokens ?? null,
          reasoning_tokens: result.usage?.reasoning_tokens ?? null,
          cost_usd: result.cost_usd,
        }),
      key,
    )
      .where('status', '=', 'started')
      .where('owner', '=', owner)
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return (await rowOf(tx, key)).owner === owner;
    if (await isDeleted(tx, key.run_id)) {
      await where(tx.updateTable('attempts').set({ sent: null, output: null, message: null, sources: json([]) }), key).execute();
      return true;
    }
    if (answered) await insertVerdicts(tx, key, result.verdicts);
    crashPoint('ledger.finish.written');
    return true;
  });
}

/** Asked with the call's row locked: a deletion that is not seen here erases the row after us. What was said does not outlive its run. */
const isDeleted = async (tx: Handle, run_id: string): Promise<boolean> =>
  (await tx.selectFrom('runs').select('id').where('id', '=', run_id).where('deleted_at', 'is not', null).executeTakeFirst()) !== undefined;

async function insertVerdicts(db: Handle, { run_id, step, occurrence, attempt, call }: CallKey, verdicts: Verdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await db
    .insertInto('verdicts')
    .values(
      verdicts.map((verdict, n) => ({
        run_id,
        step,
        occurrence,
        attempt,
        call,
        n,
        critic: verdict.critic,
        version: verdict.version,
        verdict: verdict.verdict,
        score: verdict.score,
        reason: plain(verdict.reason),
        at: verdict.at === null ? null : json(verdict.at),
        blames: verdict.blames === null ? null : json(verdict.blames),
        evidence: json(verdict.evidence),
        missing: verdict.missing === undefined ? null : plain(verdict.missing),
      })),
    )
    .execute();
}

/** Write down what the reducer decided. Idempotent: the same notes may come twice. */
export async function applyNotes(db: Handle, run_id: string, notes: readonly Note[]): Promise<void> {
  for (const note of notes) {
    if (note.note === 'outcome') await noteOutcome(db, run_id, note);
    else await noteStep(db, run_id, note);
  }
}

type NoteOf<K extends Note['note']> = Extract<Note, { note: K }>;

async function noteOutcome(db: Handle, run_id: string, { step, occurrence, attempt, outcome }: NoteOf<'outcome'>): Promise<void> {
  const silent: readonly OutcomeKind[] = [
    'rate_limited',
    'overloaded',
    'transport',
    'spend_cap',
    'auth',
    'model_gone',
    'empty',
    'too_large',
    'abandoned',
    'cancelled',
  ];
  await db
    .updateTable('attempts')
    .set({ outcome, ...(silent.includes(outcome) ? { answer: null } : {}) })
    .where('run_id', '=', run_id)
    .where('step', '=', step)
    .where('occurrence', '=', occurrence)
    .where('attempt', '=', attempt)
    .where('call', '=', 'draft')
    .where((eb) => eb.or([eb('outcome', 'is distinct from', 'abandoned')]))
    .execute();
}

async function noteStep(db: Handle, run_id: string, { step, occurrence, status, attempt, superseded_by }: NoteOf<'step'>): Promise<void> {
  await db
    .updateTable('steps')
    .set(status === 'superseded' ? { status, superseded_by } : { status, accepted_attempt: attempt })
    .where('run_id', '=', run_id)
    .where('step', '=', step)
    .where('occurrence', '=', occurrence)
    .$if(status !== 'superseded', (query) => query.where('status', '<>', 'superseded'))
    .execute();
}
