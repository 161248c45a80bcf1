import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** What Temporal says of a run. */
type TemporalStatus = 'running' | 'ended' | 'missing';

/** Temporal as the reconciler sees it. `open` may be seconds behind: it is a search, not a read. */
export interface TemporalView {
  statusOf(run_id: string): Promise<TemporalStatus>;
  open(): AsyncIterable<string>;
}

export const temporalView = (client: Client, taskQueue: string): TemporalView => ({
  async statusOf(run_id) {
    try {
      const { status } = await client.workflow.getHandle(run_id).describe();
      return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW' ? 'running' : 'ended';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'missing';
      throw error;
    }
  },
  async *open() {
    const query = `TaskQueue = '${taskQueue.replaceAll("'", "\\'")}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query })) yield workflowId;
  },
});
