import { Client, Connection, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Config } from '../src/config.ts';
import type { Database } from '../src/store/database.ts';
import { decisionOf } from '../src/store/reviews.ts';
import { batchType, type BatchArguments } from '../workflows/batch-type.ts';
import type { RunArguments } from '../workflows/chain-run.ts';
import { textCodec } from './codec.ts';

/** A client whose payloads pass the same codec as the worker's. */
export const temporalClient = (connection: Connection, options: { namespace: string; db: Database }): Client =>
  new Client({ connection, namespace: options.namespace, dataConverter: { payloadCodecs: [textCodec(options.db)] } });

interface Told {
  run_id: string | null;
  payload: unknown;
}
type Tell = (row: Told) => Promise<void>;

/** How what Postgres decided reaches Temporal. Every one of these may be told twice (C8). */
export function temporalTopics(db: Database, client: Client, config: Pick<Config, 'taskQueue'>): Record<string, Tell> {
  const started = (type: string, workflowId: string, argument: unknown) =>
    ignoring(WorkflowExecutionAlreadyStartedError, () =>
      client.workflow.start(type, { workflowId, taskQueue: config.taskQueue, args: [argument], workflowIdReusePolicy: 'REJECT_DUPLICATE' }),
    );
  const handle = (row: Told) => client.workflow.getHandle(row.run_id ?? '');
  return {
    'temporal.start': async (row) => {
      const run = row.payload as RunArguments;
      await started(run.chain, run.run_id, { ...run, in_place: true });
    },
    'temporal.batch': async (row) => {
      const batch = row.payload as BatchArguments;
      await started(batchType, batch.batch_id, batch);
    },
    'temporal.decision': async (row) => {
      const { review_id } = row.payload as { review_id: string };
      const decision = await decisionOf(db, review_id);
      if (decision) await ignoring(WorkflowNotFoundError, () => handle(row).signal('decision', { review_id, decision }));
    },
    'temporal.retry': (row) => ignoring(WorkflowNotFoundError, () => handle(row).signal('retry')),
    'temporal.cancel': (row) => ignoring(WorkflowNotFoundError, () => handle(row).cancel()),
    'temporal.delete': async (row) => {
      await ignoring(WorkflowNotFoundError, () => handle(row).terminate('the run was deleted'));
      await ignoring(WorkflowNotFoundError, () =>
        client.workflowService.deleteWorkflowExecution({
          namespace: client.options.namespace,
          workflowExecution: { workflowId: row.run_id },
        }),
      );
    },
  };
}

async function ignoring(expected: new (...parameters: never[]) => Error, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof expected) return;
    // The raw service answers a gRPC status instead of the client's own error.
    if (expected === WorkflowNotFoundError && (error as { code?: number }).code === 5) return;
    throw error;
  }
}
