import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** What Temporal says of a run. `trouble`: why its workflow task fails again and again, null while it does not. */
export interface TemporalState {
  status: 'running' | 'ended' | 'missing';
  trouble: string | null;
}

/** Temporal as the reconciler sees it. `open` may be seconds behind: it is a search, not a read. */
export interface TemporalView {
  stateOf(run_id: string): Promise<TemporalState>;
  open(): AsyncIterable<string>;
}

/** A task that fails once may have met a worker that was just stopping. */
const failuresOfTrouble = 3;

export const temporalView = (client: Client, taskQueue: string): TemporalView => ({
  async stateOf(run_id) {
    try {
      const { status, raw } = await client.workflow.getHandle(run_id).describe();
      if (status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW') return { status: 'ended', trouble: null };
      const failing = (raw.pendingWorkflowTask?.attempt ?? 0) >= failuresOfTrouble;
      return { status: 'running', trouble: failing ? await taskFailure(client, run_id) : null };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { status: 'missing', trouble: null };
      throw error;
    }
  },
  async *open() {
    const query = `TaskQueue = '${taskQueue.replaceAll("'", "\\'")}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query })) yield workflowId;
  },
});

/** What the latest workflow task failed with. Null where it timed out, as it does when its worker is killed. */
async function taskFailure(client: Client, workflowId: string): Promise<string | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 20,
  });
  // Only the first failure in a row is an event; what came in since stands after it.
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes || event.workflowTaskTimedOutEventAttributes) return null;
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) return failed.failure?.message ?? 'no reason was given';
  }
  return null;
}
