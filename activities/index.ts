import { activityInfo, ApplicationFailure, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ErrorCode } from '../src/errors.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import type { Prompt } from '../src/prompts/prompt.ts';
import type { CallRequest, CallResult, Note } from '../src/shapes/call.ts';
import type { Plan } from '../src/shapes/plan.ts';
import type { Answer, AskRequest } from '../src/shapes/review.ts';
import type { RunError } from '../src/shapes/run.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import { json, type Database } from '../src/store/database.ts';
import { askMark, callMark } from '../src/correct/call-mark.ts';
import { newId } from '../src/store/ids.ts';
import { applyNotes } from '../src/store/ledger.ts';
import { putPrompt } from '../src/store/prompts.ts';
import { askPerson, settleReview } from '../src/store/reviews.ts';
import { setRunStatus } from '../src/store/runs.ts';
import type { Perform } from './hands.ts';
import { resolvePlan, type PlanDependencies } from './plan.ts';

export interface ActivityDependencies extends PlanDependencies {
  db: Database;
  chains: ReadonlyMap<string, LoadedChain>;
  perform: Perform;
  demo(plan: Plan): boolean;
}

export type Opened = { type: 'plan'; plan: Plan } | { type: 'stuck'; code: ErrorCode; message: string };
export type Close = { run_id: string; chain: string; notes: Note[] } & (
  | { status: 'succeeded'; output: unknown }
  | { status: 'failed'; error: RunError }
  | { status: 'cancelled' }
);

/** `of`: the call that this answers, in the history beside the answer. */
export type Performed = CallResult & { of?: string };

/** What a workflow may ask of the world. All of it is safe to execute again. */
export interface Activities {
  openRun(run: { run_id: string; chain: string }): Promise<Opened>;
  perform(request: CallRequest): Promise<Performed>;
  ask(ask: AskRequest, notes: Note[]): Promise<{ review_id: string; answer: Answer | null; of?: string }>;
  settleReview(review: { review_id: string; to: 'expired' | 'cancelled' }): Promise<Answer>;
  park(run: { run_id: string; error: RunError; notes: Note[] }): Promise<void>;
  resume(run: { run_id: string }): Promise<void>;
  closeRun(close: Close): Promise<{ misfit: string | null }>;
}

/** A heartbeat is how a cancellation arrives and how a lost worker is noticed. */
const heartbeatMs = 2_000;

export function createActivities(deps: ActivityDependencies): Activities {
  const { db } = deps;
  return {
    openRun: (run) => openRun(deps, run),
    async perform(request) {
      const beat = () => {
        if (!activityInfo().isLocal) heartbeat();
      };
      const timer = setInterval(beat, heartbeatMs);
      try {
        return { ...(await deps.perform(request, { signal: cancellationSignal(), progress: () => undefined })), of: callMark(request) };
      } catch (error) {
        throw inItsTurn(error);
      } finally {
        clearInterval(timer);
      }
    },
    async ask(ask, notes) {
      const asked = await db.transaction().execute(async (tx) => {
        await applyNotes(tx, ask.run_id, notes);
        if (ask.kind === 'review') await insertReviewStep(tx, ask);
        const review = await askPerson(tx, ask, { id: newId('rev'), now: new Date() });
        crashPoint('ask.written');
        const answer = review.decision ? { type: 'decided' as const, decision: review.decision } : null;
        return { review_id: review.id, answer, of: askMark(ask) };
      });
      crashPoint('ask.committed');
      return asked;
    },
    async settleReview(review) {
      const settled = await db.transaction().execute(async (tx) => {
        const answer = await settleReview(tx, review);
        crashPoint('settle.written');
        return answer;
      });
      crashPoint('settle.committed');
      return settled;
    },
    async park({ run_id, error, notes }) {
      await db.transaction().execute(async (tx) => {
        await applyNotes(tx, run_id, notes);
        await setRunStatus(tx, run_id, { status: 'blocked', error });
        crashPoint('park.written');
      });
      crashPoint('park.committed');
    },
    async resume({ run_id }) {
      await db
        .updateTable('runs')
        .set({ status: 'running', error: null, updated_at: new Date() })
        .where('id', '=', run_id)
        .where('status', '=', 'blocked')
        .execute();
      crashPoint('resume.written');
    },
    closeRun: (close) => closeRun(deps, close),
  };
}

/**
 * A call that waits long for a provider's limits gives its slot back; Temporal brings it again, and neither the history nor the
 * records know of it.
 */
function inItsTurn(error: unknown): unknown {
  if (!(error instanceof TrimtabError) || error.code !== 'rate_limited') return error;
  const nextRetryDelay = Math.ceil((error.retryAfterSeconds ?? 1) * 1_000);
  return ApplicationFailure.create({ message: error.message, type: 'limits', nextRetryDelay });
}

async function insertReviewStep(db: Parameters<typeof askPerson>[0], ask: AskRequest): Promise<void> {
  await db
    .insertInto('steps')
    .values({
      run_id: ask.run_id,
      step: ask.step,
      occurrence: ask.occurrence,
      pass: ask.pass,
      kind: 'review',
      input: json(ask.step_input),
      input_hash: ask.input_hash,
      accepted_attempt: null,
      superseded_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Prompt versions that this process has written down; one of a database each, so that another database gets them too. */
const kept = new WeakMap<Database, Set<Prompt>>();

async function keepPrompts(db: Database, chain: LoadedChain): Promise<void> {
  const known = kept.get(db) ?? new Set();
  kept.set(db, known);
  for (const prompt of chain.prompts.values()) {
    if (known.has(prompt)) continue;
    await putPrompt(db, prompt);
    known.add(prompt);
  }
}

/** Resolve and write down the plan. A second execution returns the plan that is written. */
async function openRun(deps: ActivityDependencies, { run_id, chain: name }: { run_id: string; chain: string }): Promise<Opened> {
  const row = await deps.db.selectFrom('runs').select('plan').where('id', '=', run_id).executeTakeFirst();
  if (row?.plan) return { type: 'plan', plan: row.plan as Plan };
  const chain = deps.chains.get(name);
  if (!chain) return { type: 'stuck', code: 'tool_missing', message: `this build knows no chain '${name}'` };
  try {
    const plan = resolvePlan(chain, run_id, deps);
    await keepPrompts(deps.db, chain);
    crashPoint('open.resolved');
    await deps.db
      .updateTable('runs')
      .set({ plan: json(plan), demo: deps.demo(plan) })
      .where('id', '=', run_id)
      .where('plan', 'is', null)
      .execute();
    crashPoint('open.written');
    return { type: 'plan', plan };
  } catch (error) {
    if (!(error instanceof TrimtabError)) throw error;
    return { type: 'stuck', code: error.code, message: messageOf(error) };
  }
}

/** Write down how the run ended. An output that the chain's schema refuses is a bug of the chain: nothing is closed then. */
async function closeRun(deps: ActivityDependencies, close: Close): Promise<{ misfit: string | null }> {
  const parsed = close.status === 'succeeded' ? deps.chains.get(close.chain)?.definition.output.safeParse(close.output) : undefined;
  const issue = parsed?.success === false ? parsed.error.issues[0] : undefined;
  await deps.db.transaction().execute(async (tx) => {
    await applyNotes(tx, close.run_id, close.notes);
    if (issue) return;
    await setRunStatus(
      tx,
      close.run_id,
      close.status === 'succeeded'
        ? { status: 'succeeded', output: close.output }
        : close.status === 'failed'
          ? { status: 'failed', error: close.error }
          : { status: 'cancelled' },
    );
    crashPoint('close.written');
  });
  crashPoint('close.committed');
  return {
    misfit: issue ? `the chain returned something that is no output of it: ${issue.path.join('.') || 'output'}: ${issue.message}` : null,
  };
}
