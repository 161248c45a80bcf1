import { sql, type RawBuilder } from 'kysely';
import type { CallKey } from '../shapes/call.ts';
import type { Database } from './database.ts';
import type { CallEnd, CallStart } from './ledger.ts';
import { notesBeside, notesOf } from './ledger-notes.ts';
import { rowsOf } from './recordset.ts';
import { changeTogether } from './statement.ts';

/** A row to be begun, or one to be finished. */
export type LedgerWrite = { type: 'begin'; start: CallStart } | { type: 'finish'; key: CallKey; owner: string; end: CallEnd };

const keyColumns = { run_id: 'text', step: 'text', occurrence: 'int', attempt: 'int', call: 'text', owner: 'uuid' } as const;

/**
 * Begin and finish rows of any runs in one statement. Answers for each whether it was done: a row that is there already is not begun, one that
 * is not its owner's, or not open, is not finished.
 */
export async function writeLedger(db: Database, writes: readonly LedgerWrite[]): Promise<boolean[]> {
  const starts = writes.filter((write) => write.type === 'begin').map(({ start }) => start);
  const ends = writes.filter((write) => write.type === 'finish');
  const notes = await notesBeside(
    db,
    starts.flatMap((start) => notesOf(start.key.run_id, start.notes)),
  );
  const changes = [
    ...(starts.length > 0 ? [{ name: 'begun', part: beginning(starts) }] : []),
    ...(ends.length > 0 ? [{ name: 'finished', part: finishing(ends) }] : []),
  ];
  const owners = await changeTogether(db, { notes, changes, column: 'owner' });
  return writes.map((write) => owners.has(write.type === 'begin' ? write.start.owner : write.owner));
}

/** The insert is the fence: of two executions one starts, the other finds the row. */
function beginning(starts: readonly CallStart[]): RawBuilder<unknown> {
  const rows = starts.map(({ key, prompt, ...start }) => ({
    ...key,
    ...start,
    // The step's row was made for its draft.
    input: key.call === 'draft' ? start.input : null,
    prompt_name: prompt?.name,
    prompt_version: prompt?.version,
  }));
  return sql`begin_rows as materialized ${rowsOf(rows, {
    ...keyColumns,
    pass: 'int',
    kind: 'text',
    input: 'jsonb',
    input_hash: 'text',
    remedy: 'text',
    answer: 'int',
    provider: 'text',
    model: 'text',
    demo: 'boolean',
    prompt_name: 'text',
    prompt_version: 'text',
    advice: 'jsonb',
  })},
    step_rows as (
      insert into steps (run_id, step, occurrence, pass, kind, input, input_hash)
      select run_id, step, occurrence, pass, kind, input, input_hash from begin_rows on conflict do nothing
    ),
    begun as (
      insert into attempts (run_id, step, occurrence, attempt, call, owner, remedy, answer, provider, model, demo, prompt_name, prompt_version, advice)
      select run_id, step, occurrence, attempt, call, owner, remedy, answer, provider, model, demo, prompt_name, prompt_version, advice
      from begin_rows on conflict do nothing returning owner
    )`;
}

/** Rows that are still their owner's, with the verdicts of the rules on them. A run's row is locked first, as its deletion does: what was said does not outlive its run. */
function finishing(ends: readonly Extract<LedgerWrite, { type: 'finish' }>[]): RawBuilder<unknown> {
  const rows = ends.map(({ key, owner, end: { result, sent } }) => {
    const answer = result.type === 'answer' ? result : null;
    const nothing = result.type === 'nothing' ? result : null;
    return {
      ...key,
      owner,
      result: nothing?.outcome ?? result.type,
      output_hash: answer?.output_hash,
      retry_after_ms: nothing?.retry_after_ms,
      left_alone: nothing?.left_alone === true,
      message: nothing?.message,
      ...result.usage,
      cost_usd: result.cost_usd,
      sent,
      output: result.type === 'calls' ? { text: result.text, calls: result.calls } : result.output,
      sources: answer?.sources ?? [],
      verdicts: (answer?.verdicts ?? []).map((verdict, n) => ({ n, ...verdict })),
    };
  });
  return sql`finish_rows as materialized ${rowsOf(rows, {
    ...keyColumns,
    result: 'text',
    output_hash: 'text',
    retry_after_ms: 'bigint',
    left_alone: 'boolean',
    message: 'text',
    input_tokens: 'int',
    output_tokens: 'int',
    cached_tokens: 'int',
    reasoning_tokens: 'int',
    cost_usd: 'double precision',
    sent: 'jsonb',
    output: 'jsonb',
    sources: 'jsonb',
    verdicts: 'jsonb',
  })},
    run as (select id, deleted_at is null as kept from runs where id in (select run_id from finish_rows) for key share),
    finished as (
      update attempts a set status = 'finished', ended_at = clock_timestamp(), result = f.result, output_hash = f.output_hash,
        retry_after_ms = f.retry_after_ms, left_alone = f.left_alone, input_tokens = f.input_tokens, output_tokens = f.output_tokens,
        cached_tokens = f.cached_tokens, reasoning_tokens = f.reasoning_tokens, cost_usd = f.cost_usd,
        sent = case when run.kept then f.sent end, output = case when run.kept then f.output end,
        sources = case when run.kept then f.sources else '[]' end, message = case when run.kept then f.message end
      from finish_rows f join run on run.id = f.run_id
      where a.run_id = f.run_id and a.step = f.step and a.occurrence = f.occurrence and a.attempt = f.attempt and a.call = f.call
        and a.status = 'started' and a.owner = f.owner
      returning a.owner, run.kept
    ),
    judged as (
      insert into verdicts (run_id, step, occurrence, attempt, call, n, critic, version, verdict, score, reason, at, blames, evidence, missing)
      select f.run_id, f.step, f.occurrence, f.attempt, f.call, v.n, v.critic, v.version, v.verdict, v.score, v.reason, v.at, v.blames, v.evidence, v.missing
      from finished join finish_rows f on f.owner = finished.owner, jsonb_to_recordset(f.verdicts)
        as v(n int, critic text, version text, verdict text, score double precision, reason text, at jsonb, blames jsonb, evidence jsonb, missing text)
      where finished.kept
    )`;
}
