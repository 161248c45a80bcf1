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
      const task = raw.pendingWorkflowTask;
      const pending = {
        attempt: task?.attempt ?? 0,
        scheduledMs: msOf(task?.scheduledTime),
        timeoutMs: msOf(raw.executionConfig?.defaultWorkflowTaskTimeout),
      };
      return { status: 'running', trouble: pending.attempt >= failuresOfTrouble ? await taskFailure(client, run_id, pending) : null };
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

const msOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;

/** What the latest workflow task failed with. Null where it timed out, as it does when its worker is killed or starved. */
async function taskFailure(
  client: Client,
  workflowId: string,
  { attempt, scheduledMs, timeoutMs }: { attempt: number; scheduledMs: number; timeoutMs: number },
): Promise<string | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 20,
  });
  // Only the first failure in a row is an event; what came in since stands after it.
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) return null;
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) return failed.failure?.message ?? 'no reason was given';
    if (event.workflowTaskTimedOutEventAttributes) {
      // The others of the row are no events. More of them than would have had the time to time out have failed.
      const timedOut = 1 + (scheduledMs - msOf(event.eventTime)) / timeoutMs;
      return attempt - 2 > timedOut
        ? `its workflow task timed out, and then failed again and again; the worker's log says with what`
        : null;
    }
  }
  return null;
}
