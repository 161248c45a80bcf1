import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { BatchArguments } from './batch-type.ts';

/** A worker that is lost is noticed by its heartbeat; a stopping one gives the rest back. */
const { workBatch } = proxyActivities<Activities>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '10s' },
});

/** Many cases in one workflow: one worker at a time works them, and the next goes on where it was. */
export async function batchRun(batch: BatchArguments): Promise<void> {
  for (;;) {
    const { left } = await workBatch(batch);
    if (!left) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof batchRun>(batch);
  }
}
