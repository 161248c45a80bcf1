import type { CallKey, CallResult, Note } from '../shapes/call.ts';
import type { Unanswered } from '../shapes/outcome.ts';
import type { SourceReport } from '../shapes/passage.ts';
import type { StepKind } from '../shapes/step.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { crashPoint } from './crash-point.ts';
import type { Database, Handle } from './database.ts';
import { loopVerdict } from './ledger-notes.ts';
import { writeLedger, type LedgerWrite } from './ledger-write.ts';
import { together } from './together.ts';
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

/** Calls that begin or end at the same time are written together: half of what a statement costs is the statement. */
const most = 16;
const lanes = 2;

export function postgresLedger(db: Database): Ledger {
  // The owner's token finds what was written before a commit's answer was lost, so it may be done again.
  const write = together((writes: readonly LedgerWrite[]) => again(() => writeLedger(db, writes), { repeatable: true }), { most, lanes });
  return {
    async begin(start) {
      const begun = await write({ type: 'begin', start });
      crashPoint('ledger.begin.committed');
      return begun ? { type: 'started' } : again(() => takeOver(db, start), { repeatable: true });
    },
    async finish(key, owner, end) {
      if (await write({ type: 'finish', key, owner, end })) return true;
      return (await again(() => rowOf(db, key), { repeatable: true })).owner === owner;
    },
  };
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
  return { type: 'stuck', code: 'build_mismatch', message };
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
