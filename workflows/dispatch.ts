import { workflowInfo } from '@temporalio/workflow';
import { batchRun } from './batch-run.ts';
import { batchType, type BatchArguments } from './batch-type.ts';
import { chainRun, type RunArguments } from './chain-run.ts';
import type { ChainWorkflow } from './index.ts';

type Module = Record<string, unknown>;

const isWorkflow = (value: unknown): value is ChainWorkflow =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'workflow';

/** One Temporal workflow for all chains: its type is the chain's name, or that of batches. */
export function dispatcher(chains: Record<string, Module>): (run: RunArguments | BatchArguments) => Promise<void> {
  return async (run) => {
    const { workflowType } = workflowInfo();
    if (workflowType === batchType) return batchRun(run as BatchArguments);
    const found = Object.values(chains[workflowType] ?? {}).filter(isWorkflow);
    const [chain] = found;
    // Thrown as a plain error it fails the workflow task, which is tried again until a build knows the chain.
    if (!chain || found.length > 1)
      throw new Error(`chain '${workflowType}': workflow.ts must export one workflow(); this build has ${found.length}`);
    await chainRun(chain.body, run as RunArguments);
  };
}
