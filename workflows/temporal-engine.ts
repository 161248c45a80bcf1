import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, Performed } from '../activities/index.ts';
import { askMark, callMark } from '../src/correct/call-mark.ts';
import { errorTable } from '../src/errors.ts';
import type { Engine, Parked } from '../src/correct/engine.ts';
import type { CallRequest, CallResult, Note } from '../src/shapes/call.ts';
import type { Decision } from '../src/shapes/decision.ts';
import type { PinnedModel, Plan } from '../src/shapes/plan.ts';
import type { Answer } from '../src/shapes/review.ts';

/** Told by the outbox after Postgres has decided; may come twice (C7). */
export const decisionSignal = defineSignal<[{ review_id: string; decision: Decision }]>('decision');
export const retrySignal = defineSignal('retry');

const retry = { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '10s' } as const;
/**
 * A longer pause before another try is a timer of the workflow. In place (60 s is the SDK's default) it holds the workflow
 * task, and with it a stopping worker: measured, one with Postgres away did not end within its 30 s.
 */
export const localRetryThreshold = '2s';
const records = proxyLocalActivities<Activities>({ startToCloseTimeout: '30s', localRetryThreshold, retry });

/** What an activity may take beyond its own limit: to write its result down. */
const marginMs = 30_000;

/** Local activities hold a workflow task, so they are only for our own Postgres and short; see the plan's `place`. */
const localCall = (timeoutMs: number) =>
  proxyLocalActivities<Activities>({
    startToCloseTimeout: timeoutMs + marginMs,
    localRetryThreshold,
    retry,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  }).perform;
/** A short heartbeat: a lost worker is noticed and a cancellation arrives within seconds. */
const regularCall = (timeoutMs: number) =>
  proxyActivities<Activities>({
    startToCloseTimeout: timeoutMs + marginMs,
    heartbeatTimeout: '10s',
    retry,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  }).perform;

/** `strayed` rejects when the chain function asks for other calls than the history holds: code that cannot go on with this run. */
export interface TemporalEngine extends Engine {
  cancelled(): boolean;
  pinned(plan: Plan): void;
  strayed: Promise<never>;
}

const cancelledCall: CallResult = {
  type: 'nothing',
  outcome: 'cancelled',
  message: 'cancelled',
  retry_after_ms: null,
  output: null,
  usage: null,
  cost_usd: null,
};

export function createTemporalEngine(run_id: string): TemporalEngine {
  const decisions = new Map<string, Decision>();
  const root = CancellationScope.current();
  let retries = 0;
  let plan: Plan | null = null;
  let stray: (error: Error) => void = () => undefined;
  const strayed = new Promise<never>((_, reject) => {
    stray = reject;
  });
  /** Does what the history holds answer what is asked now? If not, nothing goes on from here. */
  const fits = (asked: string, of: string | undefined): boolean => {
    if (of === undefined || of === asked) return true;
    stray(
      new Error(
        `the chain function asks for ${asked} where this run's history holds ${of}: it was changed under a run that is not done; see docs/deploy.md`,
      ),
    );
    return false;
  };
  setHandler(decisionSignal, ({ review_id, decision }) => {
    decisions.set(review_id, decisions.get(review_id) ?? decision);
  });
  setHandler(retrySignal, () => {
    retries += 1;
  });

  return {
    strayed,
    cancelled: () => root.consideredCancelled,
    pinned: (pinned) => {
      plan = pinned;
    },
    now: () => Date.now(),
    reading: () => Date.now(),
    random: () => Math.random(),
    sleep: (ms) => untilCancelled(() => sleep(ms)),
    until: async (holds) => {
      await untilCancelled(() => condition(holds));
    },
    crowded: () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > historyLimit,
    onCancel: (listener) => {
      root.cancelRequested.catch(() => listener());
    },
    scope(run) {
      const scope = new CancellationScope();
      scope.run(run).catch(ignoreCancellation);
      return { cancel: () => scope.cancel() };
    },
    async perform(request) {
      const { of, ...result } = await perform(plan, request);
      return fits(callMark(request), of) ? (result as CallResult) : never();
    },
    async ask(ask, notes) {
      const { review_id, answer, of } = await CancellationScope.nonCancellable(() => records.ask(ask, notes));
      if (!fits(askMark(ask), of)) return never();
      return answer ?? decisionOf(decisions, { review_id, expires_ms: ask.expires_ms });
    },
    park: (cause, notes) => park(run_id, { cause, notes, retries: () => retries }),
  };
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Under the server's own suggestion (4,096 events), so that a run of many attempts stays quick to replay. */
const historyLimit = 3_000;

/** True when it came to its end, false when the scope was cancelled. */
async function untilCancelled(wait: () => Promise<unknown>): Promise<boolean> {
  try {
    await wait();
    return true;
  } catch (error) {
    ignoreCancellation(error);
    return false;
  }
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** How long each critic may take, where its model is not given longer. */
const criticMs = 60_000;
const criticTime = ({ timeout_ms = 0 }: PinnedModel): number => Math.max(criticMs, timeout_ms);

/** Where a call runs, and how long it may take: as the plan says. Beside a model that is slow, or that nobody has measured, all are regular. */
function termsOf(plan: Plan | null, request: CallRequest): { place: 'local' | 'regular'; timeout: number } {
  const step = plan?.steps[request.key.step];
  if (request.kind === 'critic') return { place: request.critic.model.place ?? 'regular', timeout: criticTime(request.critic.model) };
  if (request.kind === 'tool') {
    const tools = step?.kind === 'generate' ? step.tools?.list : undefined;
    const tool = tools?.find(({ name }) => name === request.tool);
    return { place: tool?.place ?? 'local', timeout: tool?.timeout_ms ?? 10_000 };
  }
  const own = step && 'timeout_ms' in step ? step.timeout_ms : 60_000;
  if (request.kind !== 'generate') return { place: step && 'place' in step ? step.place : 'regular', timeout: own };
  const judges = request.judges ?? [];
  const quick = [request.model, ...judges.map((judge) => judge.model)].every((model) => model.place === 'local');
  const judged = judges.reduce((sum, { model }) => sum + criticTime(model), 0);
  return { place: quick ? 'local' : 'regular', timeout: Math.max(own, request.model.timeout_ms ?? 0) + judged };
}

async function perform(plan: Plan | null, request: CallRequest): Promise<Performed> {
  const { place, timeout } = termsOf(plan, request);
  try {
    return await (place === 'local' ? localCall(timeout) : regularCall(timeout))(request);
  } catch (error) {
    ignoreCancellation(error);
    return cancelledCall;
  }
}

/** Wait for the decision or the end of the question. The deadline must win the same compare-and-swap as a person (C7). */
async function decisionOf(
  decisions: ReadonlyMap<string, Decision>,
  { review_id, expires_ms }: { review_id: string; expires_ms: number },
): Promise<Answer> {
  let decided = false;
  const waited = await untilCancelled(async () => {
    decided = await condition(() => decisions.has(review_id), expires_ms);
  });
  const decision = decisions.get(review_id);
  if (waited && decided && decision) return { type: 'decided', decision };
  return CancellationScope.nonCancellable(() => records.settleReview({ review_id, to: waited ? 'expired' : 'cancelled' }));
}

/** Blocked until somebody says retry, or until it may have healed by itself (C12). */
async function park(run_id: string, { cause, notes, retries }: { cause: Parked; notes: Note[]; retries: () => number }): Promise<void> {
  const before = retries();
  const error = { code: cause.code, message: cause.message, next: errorTable[cause.code].next, step: cause.step };
  await CancellationScope.nonCancellable(() => records.park({ run_id, error, notes }));
  const told = () => retries() > before;
  const on = await untilCancelled(() => (cause.retry_after_ms === null ? condition(told) : condition(told, cause.retry_after_ms)));
  if (on) await CancellationScope.nonCancellable(() => records.resume({ run_id }));
}
