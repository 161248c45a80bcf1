import { activityInfo, ApplicationFailure, heartbeat } from '@temporalio/activity';
import { TrimtabError } from '../src/errors.ts';
import type { Body } from '../src/correct/conduct.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import type { CallRequest, CallResult, Note } from '../src/shapes/call.ts';
import type { Plan } from '../src/shapes/plan.ts';
import type { Answer, AskRequest } from '../src/shapes/review.ts';
import type { RunError } from '../src/shapes/run.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import { json, type Database } from '../src/store/database.ts';
import { askMark, callMark } from '../src/correct/call-mark.ts';
import { newId } from '../src/store/ids.ts';
import { applyNotes, notesOf } from '../src/store/ledger-notes.ts';
import { askPerson, settleReview } from '../src/store/reviews.ts';
import { runWriter } from '../src/store/run-writes.ts';
import { setRunStatus } from '../src/store/runs.ts';
import { breakOff } from './break-off.ts';
import type { Begun } from './in-place/begin-run.ts';
import { closeRun, type Close } from './close-run.ts';
import type { Perform } from './hands.ts';
import { openRun, type Opened } from './open-run.ts';
import type { PlanDependencies } from './plan.ts';

export interface ActivityDependencies extends PlanDependencies {
  db: Database;
  chains: ReadonlyMap<string, LoadedChain>;
  perform: Perform;
  demo(plan: Plan): boolean;
  /** The chain function, outside the sandbox: cases of a batch run it in place. */
  bodyOf(chain: string): Promise<Body>;
  /** Hear of starts that were just taken. Returns how to stop that. */
  onStarts(listen: () => void): () => void;
  /** Aborted when the worker begins to stop. */
  stopping: AbortSignal;
}

/** `of`: the call that this answers, in the history beside the answer. */
export type Performed = CallResult & { of?: string };

/** What a workflow may ask of the world for a run. All of it is safe to execute again. */
export interface RunActivities {
  openRun(run: { run_id: string; chain: string }): Promise<Opened>;
  perform(request: CallRequest): Promise<Performed>;
  ask(ask: AskRequest, notes: Note[]): Promise<{ review_id: string; answer: Answer | null; of?: string }>;
  settleReview(review: { review_id: string; to: 'expired' | 'cancelled' }): Promise<Answer>;
  park(run: { run_id: string; error: RunError; notes: Note[] }): Promise<void>;
  resume(run: { run_id: string }): Promise<void>;
  closeRun(close: Close): Promise<{ misfit: string | null }>;
}

/** All that a workflow may ask. */
export interface Activities extends RunActivities {
  /** Open a run and work it as far as it goes without anything slow. */
  beginRun(run: { run_id: string; chain: string }): Promise<Begun>;
  /** Work the cases of a batch until none is left, or this worker stops. `left`: whether some are still open. */
  workBatch(batch: { batch_id: string }): Promise<{ left: boolean }>;
}

/** A heartbeat is how a cancellation arrives and how a lost worker is noticed. */
const heartbeatMs = 2_000;

export function createActivities(deps: ActivityDependencies): RunActivities {
  const { db } = deps;
  const writing = { ...deps, write: runWriter(db) };
  return {
    openRun: (run) => openRun(writing, run),
    async perform(request) {
      const beat = () => {
        if (!activityInfo().isLocal) heartbeat();
      };
      const timer = setInterval(beat, heartbeatMs);
      try {
        return {
          ...(await deps.perform(request, { signal: breakOff(db, request.key.run_id), progress: () => undefined })),
          of: callMark(request),
        };
      } catch (error) {
        throw inItsTurn(error);
      } finally {
        clearInterval(timer);
      }
    },
    async ask(ask, notes) {
      const asked = await db.transaction().execute(async (tx) => {
        await applyNotes(tx, notesOf(ask.run_id, notes));
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
        await applyNotes(tx, notesOf(run_id, notes));
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
    closeRun: (close) => closeRun(writing, close),
  };
}

/** The type of a failure that is none: the call comes again when its turn has come. */
export const waitsItsTurn = 'limits';

/**
 * A call that waits long for a provider's limits gives its slot back; Temporal brings it again, and neither the history nor the
 * records know of it.
 */
function inItsTurn(error: unknown): unknown {
  if (!(error instanceof TrimtabError) || error.code !== 'rate_limited') return error;
  const nextRetryDelay = Math.ceil((error.retryAfterSeconds ?? 1) * 1_000);
  return ApplicationFailure.create({ message: error.message, type: waitsItsTurn, nextRetryDelay });
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
