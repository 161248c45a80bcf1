import {
  ApplicationFailure,
  CancelledFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Begun } from '../activities/in-place/begin-run.ts';
import { conduct, type Body, type Carried, type Ending } from '../src/correct/conduct.ts';
import type { Plan } from '../src/shapes/plan.ts';
import type { RunError } from '../src/shapes/run.ts';
import { createTemporalEngine, localRetryThreshold, type TemporalEngine } from './temporal-engine.ts';

/** What a run starts with; `plan` and `carried` when it goes on in a new history. */
export interface RunArguments {
  run_id: string;
  chain: string;
  input: unknown;
  plan?: Plan;
  carried?: Carried;
  /** It may begin in the worker's process, without a history: so it is told since there is that. */
  in_place?: boolean;
}

const { openRun, closeRun } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30s',
  localRetryThreshold,
  retry: { maximumInterval: '10s' },
});
/** It takes no longer than its own limit and the call that was under way then. */
const { beginRun } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30 minutes',
  localRetryThreshold,
  retry: { maximumInterval: '10s' },
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** One run of a chain, from its start to its end or its next history. Returns nothing: Postgres has the answer, Temporal's status agrees with it. */
export async function chainRun(body: Body, run: RunArguments): Promise<void> {
  const engine = createTemporalEngine(run.run_id);
  const opening = run.plan ? { type: 'goes_on' as const, plan: run.plan, carried: null } : await opened(engine, run);
  if (opening === null) return CancellationScope.nonCancellable(() => close(run, { type: 'cancelled', notes: [] }));
  if (opening.type === 'ended') return ended(opening);
  const { plan } = opening;
  const carried = run.carried ?? opening.carried;
  engine.pinned(plan);
  // Thrown as a plain error, `strayed` fails the workflow task: the run stands still until a build comes that fits it.
  const ending = await Promise.race([conduct(engine, plan, { body, input: run.input, ...(carried ? { carried } : {}) }), engine.strayed]);
  await CancellationScope.nonCancellable(() => close({ ...run, plan }, ending));
}

/** The plan, and how far the run went where it began; while something it needs is missing it is parked. Null: cancelled meanwhile. */
async function opened(engine: TemporalEngine, run: RunArguments): Promise<Exclude<Begun, { type: 'stuck' }> | null> {
  for (let tries = 0; ; tries += 1) {
    const opening = await open(engine, run);
    if (opening === null || opening.type !== 'stuck') return opening;
    if (engine.cancelled()) return null;
    await engine.park(
      { code: opening.code, message: opening.message, step: null, retry_after_ms: Math.min(3_600_000, 60_000 * 2 ** tries) },
      [],
    );
    if (engine.cancelled()) return null;
  }
}

async function open(engine: TemporalEngine, { run_id, chain, in_place, carried }: RunArguments): Promise<Begun | null> {
  if (in_place !== true || carried) {
    const opening = await CancellationScope.nonCancellable(() => openRun({ run_id, chain }));
    return opening.type === 'stuck' ? opening : { type: 'goes_on', plan: opening.plan, carried: null };
  }
  try {
    return await beginRun({ run_id, chain });
  } catch (error) {
    if (engine.cancelled() && isCancellation(error)) return null;
    throw error;
  }
}

/** The record is closed; Temporal's status agrees with it. */
function ended(begun: Extract<Begun, { type: 'ended' }>): void {
  if (begun.status === 'failed') throw failure(begun.error);
  if (begun.status === 'cancelled') throw new CancelledFailure('the run was cancelled');
}

/** The record has all of it; a failure is no payload, and Temporal refuses one of 2 MiB. */
const failure = (error: RunError): ApplicationFailure =>
  ApplicationFailure.create({ message: error.message.slice(0, 1_000), type: error.code, nonRetryable: true });

async function close(run: RunArguments, ending: Ending): Promise<void> {
  const { run_id, chain } = run;
  switch (ending.type) {
    case 'continue':
      return goOn(run, ending.carried);
    case 'failed':
      await closeRun({ run_id, chain, notes: ending.notes, status: 'failed', error: ending.error });
      throw failure(ending.error);
    case 'cancelled':
      await closeRun({ run_id, chain, notes: ending.notes, status: 'cancelled' });
      throw new CancelledFailure('the run was cancelled');
    case 'succeeded': {
      const { misfit } = await closeRun({ run_id, chain, notes: ending.notes, status: 'succeeded', output: ending.output });
      if (misfit === null) return;
      return goOn(run, { ...ending.carried, parked: { code: 'chain_error', message: misfit, step: null, retry_after_ms: null } });
    }
  }
}

/** A bug in the chain function waits in a history that begins with the wait, so that mended code replays it. */
async function goOn(run: RunArguments, carried: Carried): Promise<void> {
  await continueAsNew<(run: RunArguments) => Promise<void>>({ ...run, carried });
}
