import type { Selectable } from 'kysely';
import { withoutFiles } from '../correct/attachments.ts';
import type { Attempt, AttemptCall } from '../shapes/attempt.ts';
import type { OutcomeKind } from '../shapes/outcome.ts';
import type { SourceReport } from '../shapes/passage.ts';
import type { Step } from '../shapes/step.ts';
import type { Usage } from '../shapes/usage.ts';
import type { Verdict } from '../shapes/verdict.ts';
import type { Handle } from './database.ts';
import type { AttemptsTable, StepsTable, VerdictsTable } from './schema.ts';

type AttemptRow = Selectable<AttemptsTable>;
type VerdictRow = Selectable<VerdictsTable>;

/** The trace of a run: every step in the order it was called, with its attempts, their verdicts and the calls to critics. */
export async function listSteps(db: Handle, run_id: string): Promise<Step[]> {
  const [steps, attempts, verdicts] = await Promise.all([
    db.selectFrom('steps').selectAll().where('run_id', '=', run_id).orderBy('started_at').orderBy('step').orderBy('occurrence').execute(),
    db.selectFrom('attempts').selectAll().where('run_id', '=', run_id).orderBy('attempt').orderBy('started_at').orderBy('call').execute(),
    db.selectFrom('verdicts').selectAll().where('run_id', '=', run_id).orderBy('call').orderBy('n').execute(),
  ]);
  return steps.map((step) => {
    const ofStep = (row: { step: string; occurrence: number }): boolean => row.step === step.step && row.occurrence === step.occurrence;
    return stepFrom(step, attempts.filter(ofStep), verdicts.filter(ofStep));
  });
}

function stepFrom(step: Selectable<StepsTable>, rows: AttemptRow[], verdicts: VerdictRow[]): Step {
  const drafts = rows.filter((row) => row.call === 'draft');
  return {
    step: step.step,
    occurrence: step.occurrence,
    pass: step.pass,
    superseded_by: step.superseded_by,
    kind: step.kind as Step['kind'],
    status: step.status as Step['status'],
    attempts: drafts.map((draft) =>
      attemptFrom(draft, {
        input: withoutFiles(step.input ?? null),
        calls: rows.filter((row) => row.attempt === draft.attempt && row.call !== 'draft'),
        verdicts: asTheyCame(
          verdicts.filter((verdict) => verdict.attempt === draft.attempt),
          rows.filter((row) => row.attempt === draft.attempt),
        ),
      }),
    ),
  };
}

/** The rules judge in the draft's own call, so they come first; then the critics, in the order in which they were called. */
function asTheyCame(verdicts: VerdictRow[], calls: AttemptRow[]): VerdictRow[] {
  const place = new Map(calls.map(({ call }, i) => [call, call === 'draft' ? -1 : i]));
  const placeOf = ({ call }: VerdictRow): number => place.get(call) ?? calls.length;
  return verdicts.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function attemptFrom(row: AttemptRow, of: { input: unknown; calls: AttemptRow[]; verdicts: VerdictRow[] }): Attempt {
  const last = lastTurn(row, of.calls);
  return {
    attempt: row.attempt,
    answer: row.answer,
    remedy: row.remedy,
    provider: row.provider,
    model: row.model,
    demo: row.demo,
    prompt: row.prompt_name !== null && row.prompt_version !== null ? { name: row.prompt_name, version: row.prompt_version } : null,
    input: of.input,
    sent: sentOf(row),
    output: last.result === 'calls' ? null : (last.output ?? null),
    outcome: outcomeOf(row, last),
    verdicts: of.verdicts.map(verdictFrom),
    sources: row.sources as SourceReport[],
    calls: of.calls.map(callFrom),
    usage: usageOf(row),
    cost_usd: row.cost_usd,
    started_at: row.started_at.toISOString(),
    ended_at: last.ended_at?.toISOString() ?? null,
    latency_ms: last.ended_at === null ? null : last.ended_at.getTime() - row.started_at.getTime(),
    error: last.message,
  };
}

const sentOf = (row: AttemptRow): unknown =>
  row.sent === null && row.advice === null
    ? null
    : { ...(row.sent as object | null), ...(row.advice === null ? {} : { advice: row.advice }) };

/** What the loop made of it; while it has not, what came instead of an answer. */
const outcomeOf = (row: AttemptRow, last: AttemptRow): OutcomeKind | null =>
  (row.outcome ?? (last.result === 'answer' || last.result === 'calls' ? null : last.result)) as OutcomeKind | null;

/** The model's last turn: what it says there is the answer of the attempt. */
const lastTurn = (draft: AttemptRow, calls: readonly AttemptRow[]): AttemptRow =>
  calls.findLast(({ call }) => call.startsWith('turn/')) ?? draft;

const latencyOf = (row: AttemptRow): number | null => (row.ended_at === null ? null : row.ended_at.getTime() - row.started_at.getTime());

const usageOf = (row: AttemptRow): Usage | null =>
  row.input_tokens === null
    ? null
    : {
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens ?? 0,
        ...(row.cached_tokens === null ? {} : { cached_tokens: row.cached_tokens }),
        ...(row.reasoning_tokens === null ? {} : { reasoning_tokens: row.reasoning_tokens }),
      };

const callFrom = (row: AttemptRow): AttemptCall => ({
  call: row.call,
  provider: row.provider,
  model: row.model,
  ...(/^(turn|tool)\//.test(row.call) ? { sent: row.sent ?? null, output: row.output ?? null } : { sent: null, output: null }),
  outcome: row.result,
  usage: usageOf(row),
  cost_usd: row.cost_usd,
  latency_ms: latencyOf(row),
  error: row.message,
});

const verdictFrom = (row: VerdictRow): Verdict => ({
  critic: row.critic,
  version: row.version,
  verdict: row.verdict,
  score: row.score,
  reason: row.reason,
  at: row.at as Verdict['at'],
  blames: row.blames as Verdict['blames'],
  evidence: row.evidence as string[],
  ...(row.missing === null ? {} : { missing: row.missing }),
});
