import { inWorkflowContext, patched as patchedInHistory } from '@temporalio/workflow';
import type { InputOf, OutputOf, StepsOf } from '../src/define/chain.ts';
import type { Body } from '../src/correct/conduct.ts';

/** Clock, chance and sleep that answer the same in every pass and every replay. `sleep` takes milliseconds. */
export interface ChainTools {
  now(): number;
  random(): number;
  sleep(ms: number): Promise<void>;
}

export interface ChainWorkflow {
  readonly kind: 'workflow';
  readonly body: Body;
}

/**
 * The chain function: plain code over its steps. It may run several times (passes); what it does beside its steps must
 * not touch the world. `workflow<typeof definition>(async (input, steps, tools) => output)`.
 */
export function workflow<C>(body: (input: InputOf<C>, steps: StepsOf<C>, tools: ChainTools) => Promise<OutputOf<C>>): ChainWorkflow {
  // The steps and the input are checked against their schemas where they run; inside, the loop knows no types of chains.
  return { kind: 'workflow', body: body as unknown as Body };
}

/**
 * Behind this a chain function may make other calls than the build before: false in a run whose history holds the calls of the old
 * code, so that it goes on there; true in every other. Temporal's own throws where a run begins outside its sandbox, in place.
 */
export const patched = (change: string): boolean => !inWorkflowContext() || patchedInHistory(change);
