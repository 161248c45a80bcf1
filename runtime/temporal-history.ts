import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Decision } from '../src/shapes/decision.ts';
import type { Database } from '../src/store/database.ts';
import { textCodec } from './codec.ts';

/** What a run's history knows that Postgres once knew: with what it began, and which decisions it was told. */
export interface Heard {
  chain: string;
  input: unknown;
  started_at: Date;
  decisions: { review_id: string; decision: Decision }[];
  /** It ended by itself, neither failed nor stopped. */
  completed: boolean;
}

/** Read a run's history. Null: Temporal has none. A value over 16 KiB is null where its text is gone from Postgres. */
export async function heardBy(client: Client, db: Database, run_id: string): Promise<Heard | null> {
  const history = await client.workflow
    .getHandle(run_id)
    .fetchHistory()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
  const [first, ...events] = history?.events ?? [];
  const begun = first?.workflowExecutionStartedEventAttributes;
  if (!begun) return null;
  const read = reader(db);
  const [argument] = await read(begun.input?.payloads);
  const { chain = begun.workflowType?.name, input = null } = (argument ?? {}) as { chain?: string; input?: unknown };
  const decisions: Heard['decisions'] = [];
  for (const { workflowExecutionSignaledEventAttributes: signal } of events) {
    if (signal?.signalName !== 'decision') continue;
    const [said] = (await read(signal.input?.payloads)) as [Heard['decisions'][number] | null];
    if (said) decisions.push(said);
  }
  return {
    chain: chain ?? '',
    input,
    started_at: new Date(Number(first?.eventTime?.seconds ?? 0) * 1_000),
    decisions,
    completed: events.some((event) => event.workflowExecutionCompletedEventAttributes),
  };
}

const reader = (db: Database) => {
  const codec = textCodec(db);
  return (payloads: readonly Payload[] | null | undefined): Promise<unknown[]> =>
    Promise.all(
      (payloads ?? []).map(async (payload) => {
        const [plain] = await codec.decode([payload]).catch(() => []);
        return plain ? defaultPayloadConverter.fromPayload<unknown>(plain) : null;
      }),
    );
};
