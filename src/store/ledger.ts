import { sql, type RawBuilder } from 'kysely';
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
  const { run_id, step, occurrence, attempt, call } = start.key;
  const notes = await notesBeside(db, run_id, start.notes);
  const inserted = await sql`
    with ${notes} step_row as (
      insert into steps (run_id, step, occurrence, pass, kind, input, input_hash)
      values (${run_id}, ${step}, ${occurrence}, ${start.pass}, ${start.kind}, ${json(start.input)}::jsonb, ${start.input_hash})
      on conflict do nothing
    )
    insert into attempts (run_id, step, occurrence, attempt, call, owner, remedy, answer, provider, model, demo, prompt_name, prompt_version, advice)
    values (${run_id}, ${step}, ${occurrence}, ${attempt}, ${call}, ${start.owner}, ${start.remedy}, ${start.answer}, ${start.provider}, ${start.model},
      ${start.demo}, ${start.prompt?.name ?? null}, ${start.prompt?.version ?? null}, ${start.advice === null ? null : json(start.advice)}::jsonb)
    on conflict do nothing returning 1`.execute(db);
  crashPoint('ledger.begin.committed');
  return inserted.rows.length === 1 ? { type: 'started' } : takeOver(db, start);
}

/** The notes as parts of a statement that begins with them. One statement changes a row once: of notes on one row the earlier go ahead. */
export async function notesBeside(db: Database, run_id: string, notes: readonly Note[]): Promise<RawBuilder<unknown>> {
  const rows = notes.map(({ note, step, occurrence }) => `${note}/${step}/${occurrence}`);
  const last = notes.filter((_, n) => !rows.includes(rows[n] ?? '', n + 1));
  if (last.length < notes.length) await db.transaction().execute((tx) => applyNotes(tx, run_id, notes));
  const parts = last.length < notes.length ? [] : last;
  return sql.join(
    parts.map((note, n) => sql`${sql.ref(`note_${n}`)} as (${updateOf(run_id, note)}),`),
    sql` `,
  );
}

/** The row is there. Finished: return what it says. Open: its owner is dead or fenced off from now on; close it as abandoned, cost unknown. */
async function takeOver(db: Database, start: CallStart): Promise<Begun> {
  const row = await rowOf(db, start.key);
  const misfit = await otherInput(db, start);
  if (misfit !== null) return { type: 'finished', result: misfit };
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

/** The chain function was changed, or reads the clock by itself: the row is of a call that is not this one. */
async function otherInput(db: Handle, { key, input_hash }: CallStart): Promise<CallResult | null> {
  const { run_id, step, occurrence } = key;
  const row = await db
    .selectFrom('steps')
    .select('input_hash')
    .where('run_id', '=', run_id)
    .where('step', '=', step)
    .where('occurrence', '=', occurrence)
    .executeTakeFirst();
  if (!row || row.input_hash === input_hash) return null;
  const message = `the chain function calls ${step} (${occurrence}) with another input than the one on the record: it was changed under a run that is not done, or reads clock or chance of its own; see docs/deploy.md`;
  return { type: 'stuck', code: 'chain_error', message };
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

/** Place of what the loop itself says of an answer, behind what its rules said: no part of the call's own result. */
const loopVerdict = 1_000;

/** A recorded result, as the call gave it. */
async function resultOf(db: Handle, key: CallKey, row: Selectable<AttemptsTable>): Promise<CallResult> {
  const usage = row.input_tokens === null ? null : { input_tokens: row.input_tokens, output_tokens: row.output_tokens ?? 0 };
  if (row.result === 'calls') {
    const { text, calls } = row.output as Pick<Extract<CallResult, { type: 'calls' }>, 'text' | 'calls'>;
    return { type: 'calls', text, calls, usage, cost_usd: row.cost_usd };
  }
  if (row.result !== 'answer') {
    return {
      type: 'nothing',
      outcome: (row.result ?? 'abandoned') as Unanswered,
      ...(row.left_alone ? { left_alone: true } : {}),
      message: row.message ?? '',
      retry_after_ms: row.retry_after_ms,
      output: row.output ?? null,
      usage,
      cost_usd: row.cost_usd,
    };
  }
  const verdicts = await where(db.selectFrom('verdicts').selectAll(), key).where('n', '<', loopVerdict).orderBy('n').execute();
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

/**
 * Finish the row, if it is still ours, together with the verdicts of the rules on it: one statement. The run's row is locked
 * first, as its deletion does: what was said does not outlive its run.
 */
async function finish(db: Database, { key, owner, end }: { key: CallKey; owner: string; end: CallEnd }): Promise<boolean> {
  const { result, sent } = end;
  const answer = result.type === 'answer' ? result : null;
  const output = result.type === 'calls' ? { text: result.text, calls: result.calls } : result.output;
  const { run_id, step, occurrence, attempt, call } = key;
  const said = (value: unknown) => sql`case when run.kept then ${value} end`;
  const finished = await sql`
    with run as (select deleted_at is null as kept from runs where id = ${run_id} for key share),
    finished as (
      update attempts set status = 'finished', ended_at = clock_timestamp(), result = ${result.type === 'nothing' ? result.outcome : result.type},
        output_hash = ${answer?.output_hash ?? null}, retry_after_ms = ${result.type === 'nothing' ? result.retry_after_ms : null}::bigint,
        left_alone = ${result.type === 'nothing' && result.left_alone === true},
        input_tokens = ${result.usage?.input_tokens ?? null}::int, output_tokens = ${result.usage?.output_tokens ?? null}::int,
        cached_tokens = ${result.usage?.cached_tokens ?? null}::int, reasoning_tokens = ${result.usage?.reasoning_tokens ?? null}::int,
        cost_usd = ${result.cost_usd}::double precision,
        sent = ${said(sql`${sent === null ? null : json(sent)}::jsonb`)}, output = ${said(sql`${output === null ? null : json(output)}::jsonb`)},
        sources = case when run.kept then ${json(answer?.sources ?? [])}::jsonb else '[]' end,
        message = ${said(sql`${result.type === 'nothing' ? plain(result.message) : null}::text`)}
      from run
      where run_id = ${run_id} and step = ${step} and occurrence = ${occurrence} and attempt = ${attempt} and call = ${call}
        and status = 'started' and owner = ${owner}
      returning run.kept
    ),
    judged as (
      insert into verdicts (run_id, step, occurrence, attempt, call, n, critic, version, verdict, score, reason, at, blames, evidence, missing)
      select ${run_id}, ${step}, ${occurrence}::int, ${attempt}::int, ${call}, v.n, v.critic, v.version, v.verdict, v.score, v.reason, v.at, v.blames, v.evidence, v.missing
      from finished, jsonb_to_recordset(${json((answer?.verdicts ?? []).map((verdict, n) => ({ n, ...verdict })))}::jsonb)
        as v(n int, critic text, version text, verdict text, score double precision, reason text, at jsonb, blames jsonb, evidence jsonb, missing text)
      where finished.kept
    )
    select 1 from finished`.execute(db);
  return finished.rows.length === 1 || (await rowOf(db, key)).owner === owner;
}

/** Write down what the reducer decided. Idempotent: the same notes may come twice. */
export async function applyNotes(db: Handle, run_id: string, notes: readonly Note[]): Promise<void> {
  for (const note of notes) await updateOf(run_id, note).execute(db);
}

/** Outcomes that brought no answer: the attempt has no number among the answers. */
const silent: ReadonlySet<OutcomeKind> = new Set([
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
]);

function updateOf(run_id: string, note: Note): RawBuilder<unknown> {
  const { step, occurrence, attempt } = note;
  const of = sql`run_id = ${run_id} and step = ${step} and occurrence = ${occurrence}`;
  if (note.note === 'outcome') {
    const { outcome } = note;
    return sql`update attempts set outcome = ${outcome}, answer = case when ${silent.has(outcome)} then null else answer end
      where ${of} and attempt = ${attempt} and call = 'draft' and outcome is distinct from 'abandoned'`;
  }
  if (note.note === 'verdict') {
    const { critic, version, verdict, score, reason } = note.verdict;
    return sql`insert into verdicts (run_id, step, occurrence, attempt, call, n, critic, version, verdict, score, reason)
      select run_id, step, occurrence, attempt, call, ${loopVerdict}, ${critic}, ${version}, ${verdict}, ${score}::double precision, ${reason}
      from attempts where ${of} and attempt = ${attempt} and call = 'draft' on conflict do nothing`;
  }
  const { status, superseded_by } = note;
  return status === 'superseded'
    ? sql`update steps set status = ${status}, superseded_by = ${superseded_by}::int where ${of}`
    : sql`update steps set status = ${status}, accepted_attempt = ${attempt}::int where ${of} and status <> 'superseded'`;
}
