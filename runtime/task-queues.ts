import type { Client } from '@temporalio/client';
import type { TaskQueue } from '../src/api/deps.ts';

const types = { workflow: 1, activity: 2 } as const;
const withinMs = 2_000;

/** What waits for a worker in Temporal, about: it counts what its partitions know. Null when Temporal does not answer. */
export async function taskQueues(client: Client, name: string): Promise<TaskQueue[] | null> {
  const { namespace } = client.options;
  try {
    return await client.connection.withDeadline(Date.now() + withinMs, () =>
      Promise.all(
        Object.entries(types).map(async ([type, taskQueueType]) => {
          const { stats } = await client.workflowService.describeTaskQueue({
            namespace,
            taskQueue: { name },
            taskQueueType,
            reportStats: true,
          });
          const age = stats?.approximateBacklogAge;
          return {
            type,
            backlog: Number(stats?.approximateBacklogCount ?? 0),
            age_seconds: Number(age?.seconds ?? 0) + (age?.nanos ?? 0) / 1e9,
          };
        }),
      ),
    );
  } catch {
    return null;
  }
}
