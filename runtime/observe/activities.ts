import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Close } from '../../activities/close-run.ts';
import { waitsItsTurn, type RunActivities } from '../../activities/index.ts';
import { runNumbers } from '../../src/store/run-numbers.ts';
import type { Handle } from '../../src/store/database.ts';
import type { Observer } from './observer.ts';
import { runSpan, type SpanAttributes } from './tracing.ts';

/** The activities of a run beside its calls, watched: a run opens, asks, is parked, ends. */
export function watchActivities(activities: RunActivities, { db, ...observer }: Observer & { db: Handle }): RunActivities {
  const { tracing, numbers, log } = observer;
  const spanned = async <T>(of: { name: string; run_id: string; attributes?: SpanAttributes }, work: () => Promise<T>): Promise<T> => {
    const start = Date.now();
    const done = await work();
    tracing.ended(of.run_id, {
      name: of.name,
      kind: 'internal',
      start,
      end: Date.now(),
      ...(of.attributes ? { attributes: of.attributes } : {}),
    });
    return done;
  };
  return {
    ...activities,
    openRun: (run) =>
      spanned({ name: 'open', run_id: run.run_id, attributes: { 'trimtab.chain': run.chain } }, () => activities.openRun(run)),
    async ask(ask, notes) {
      const { run_id, step, occurrence } = ask;
      const asked = await spanned(
        { name: `ask ${step}`, run_id, attributes: { 'trimtab.step': step, 'trimtab.occurrence': occurrence } },
        () => activities.ask(ask, notes),
      );
      log({ msg: 'run waits for a person', run_id, step, occurrence, review_id: asked.review_id });
      return asked;
    },
    async park(run) {
      const { run_id, error } = run;
      const attributes = { 'trimtab.code': error.code, ...(error.step === null ? {} : { 'trimtab.step': error.step }) };
      await spanned({ name: 'park', run_id, attributes }, () => activities.park(run));
      numbers?.runBlocked(error.code);
      log({ level: 'warn', msg: 'run blocked', run_id, step: error.step, code: error.code });
    },
    async closeRun(close) {
      const closed = await activities.closeRun(close);
      // Numbers that cannot be read cost a span, not a run.
      if (closed.misfit === null)
        await runEnded(close, { ...observer, db }).catch((error: unknown) => log({ level: 'warn', run_id: close.run_id, error }));
      return closed;
    },
  };
}

async function runEnded(close: Close, { db, tracing, numbers, log }: Observer & { db: Handle }): Promise<void> {
  const { run_id, chain, status } = close;
  const code = close.status === 'failed' ? close.error.code : undefined;
  log({ msg: 'run ended', run_id, chain, status, ...(code ? { code, step: close.status === 'failed' ? close.error.step : null } : {}) });
  if (!tracing.on && numbers === null) return;
  const run = await runNumbers(db, run_id);
  if (run === null) return;
  numbers?.runEnded({ chain, status, attempts: run.attempts });
  tracing.ended(run_id, {
    name: `invoke_workflow ${chain}`,
    kind: 'internal',
    key: runSpan,
    start: run.started_at,
    end: Date.now(),
    attributes: {
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': chain,
      'trimtab.chain': chain,
      'trimtab.status': status,
      'trimtab.attempts': run.attempts.reduce((total, { count }) => total + count, 0),
      'trimtab.input_tokens': run.input_tokens,
      'trimtab.output_tokens': run.output_tokens,
      ...(run.cost_usd === null ? {} : { 'trimtab.cost_usd': run.cost_usd }),
    },
    error: status === 'succeeded' ? undefined : (code ?? status),
  });
}

interface Keyed {
  key?: Record<string, unknown>;
  step?: unknown;
  occurrence?: unknown;
}

/** Neither a call that waits for its turn nor one that was told to stop is anybody's trouble. */
const isTrouble = (error: unknown): boolean =>
  !(error instanceof ApplicationFailure && error.type === waitsItsTurn) &&
  !(error instanceof CancelledFailure) &&
  !(error instanceof Error && error.name === 'AbortError');

/** The SDK's own lines about an activity say which step and attempt it was for, and failures are counted. */
export const activityInterceptor =
  ({ numbers }: Pick<Observer, 'numbers'>): ActivityInterceptorsFactory =>
  ({ info }) => {
    let facts: Record<string, unknown> = {};
    return {
      inbound: {
        async execute(input, next) {
          const [first] = input.args as [Keyed | undefined];
          const { step, occurrence, attempt, call } = first?.key ?? { step: first?.step, occurrence: first?.occurrence };
          facts = { step, occurrence, trimtab_attempt: attempt, call };
          try {
            return await next(input);
          } catch (error) {
            if (isTrouble(error)) numbers?.activityFailed(info.activityType);
            throw error;
          }
        },
      },
      outbound: { getLogAttributes: (input, next) => ({ ...next(input), ...facts }) },
    };
  };
