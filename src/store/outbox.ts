import { json, type Handle } from './database.ts';

/** What leaves Postgres: to Temporal, and to webhooks. */
export type Topic =
  | 'temporal.start'
  | 'temporal.batch'
  | 'temporal.decision'
  | 'temporal.cancel'
  | 'temporal.retry'
  | 'temporal.delete'
  | 'webhook';

/** Enqueue in the transaction that decided. `dedupe`: the same fact is enqueued once. */
export async function enqueue(
  db: Handle,
  message: { topic: Topic; run_id: string | null; payload: unknown; dedupe?: string },
): Promise<void> {
  await db
    .insertInto('outbox')
    .values({
      topic: message.topic,
      run_id: message.run_id,
      payload: json(message.payload),
      dedupe: message.dedupe ?? null,
      lease_token: null,
      last_error: null,
    })
    .onConflict((conflict) => conflict.column('dedupe').doNothing())
    .execute();
}
