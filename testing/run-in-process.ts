import { conduct, type Body, type Carried, type Ending } from '../src/correct/conduct.ts';
import type { Plan } from '../src/shapes/plan.ts';
import type { InProcessEngine } from './in-process-engine.ts';

/** `onContinue` sees what goes on in a new history, and may change the body as a new build would. */
export interface InProcessRun {
  plan: Plan;
  body: Body;
  input: unknown;
  engine: InProcessEngine;
  onContinue?: (carried: Carried) => Body | undefined;
}

/**
 * Run a chain to its end. Where Temporal would go on in a new history, what is carried over goes through JSON, as there.
 * Resolves with how the run ended; a run that is parked or waits for a person stays pending.
 */
export async function runInProcess({
  plan,
  body,
  input,
  engine,
  onContinue,
}: InProcessRun): Promise<Exclude<Ending, { type: 'continue' }>> {
  let carried: Carried | undefined;
  for (let build = body; ;) {
    const ending = await conduct(engine, plan, { body: build, input, ...(carried ? { carried } : {}) });
    if (ending.type !== 'continue') {
      engine.notes.push(...ending.notes);
      return ending;
    }
    carried = JSON.parse(JSON.stringify(ending.carried)) as Carried;
    build = onContinue?.(carried) ?? build;
    engine.renew();
  }
}
