import { ApplicationFailure, CancelledFailure, CancellationScope, continueAsNew, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { conduct, type Body, type Carried, type Ending } from '../src/correct/conduct.ts';
import type { Plan } from '../src/shapes/plan.ts';
import { createTemporalEngine, localRetryThreshold, type TemporalEngine } from './temporal-engine.ts';

/** What a run starts with; `plan` and `carried` when it goes on in a new history. */
export interface RunArguments {
  run_id: string;
  chain: string;
  input: unknown;
  plan?: Plan;
  carried?: Carried;
}

const { openRun, closeRun } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30s',
  localRetryThreshold,
  retry: { maximumInterval: '10s' },
});

/** One run of a chain, from its start to its end or its next history. Returns nothing: Postgres has the answer, Temporal's status agrees with it. */
export async function chainRun(body: Body, run: RunArguments): Promise<void> {
  const engine = createTemporalEngine(run.run_id);
  const plan = run.plan ?? (await opened(engine, run));
  if (plan === null) return CancellationScope.nonCancellable(() => close(run, { type: 'cancelled', notes: [] }));
  engine.pinned(plan);
  // Thrown as a plain error, `strayed` fails the workflow task: the run stands still until a build comes that fits it.
  const ending = await Promise.race([
    conduct(engine, plan, { body, input: run.input, ...(run.carried ? { carried: run.carried } : {}) }),
    engine.strayed,
  ]);
  await CancellationScope.nonCancellable(() => close({ ...run, plan }, ending));
}

/** The plan; while something it needs is missing the run is parked. Null: cancelled meanwhile. */
async function opened(engine: TemporalEngine, { run_id, chain }: RunArguments): Promise<Plan | null> {
  for (let tries = 0; ; tries += 1) {
    const opening = await CancellationScope.nonCancellable(() => openRun({ run_id, chain }));
    if (opening.type === 'plan') return opening.plan;
    if (engine.cancelled()) return null;
    await engine.park(
      { code: opening.code, message: opening.message, step: null, retry_after_ms: Math.min(3_600_000, 60_000 * 2 ** tries) },
      [],
    );
    if (engine.cancelled()) return null;
  }
}

async function close(run: RunArguments, ending: Ending): Promise<void> {
  const { run_id, chain } = run;
  switch (ending.type) {
    case 'continue':
      return goOn(run, ending.carried);
    case 'failed':
      await closeRun({ run_id, chain, notes: ending.notes, status: 'failed', error: ending.error });
      // The record has all of it; a failure is no payload, and Temporal refuses one of 2 MiB.
      throw ApplicationFailure.create({ message: ending.error.message.slice(0, 1_000), type: ending.error.code, nonRetryable: true });
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
