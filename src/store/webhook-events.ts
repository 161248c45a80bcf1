import { sql } from 'kysely';
import { doctorChain } from '../shapes/doctor-chain.ts';
import type { WebhookEvent } from '../shapes/webhook.ts';
import type { Handle } from './database.ts';
import { enqueue } from './outbox.ts';

/** Tell the endpoints that asked for this event, in the transaction that caused it. Values stay here: an endpoint reads them with its key. */
export async function enqueueEvent(
  db: Handle,
  happened: { event: WebhookEvent; run_id: string; data: Record<string, unknown> },
): Promise<void> {
  const { event, run_id, data } = happened;
  const wanted = await db
    .selectFrom('webhooks')
    .select('id')
    .where('disabled_at', 'is', null)
    .where(sql<boolean>`${event} = any(events)`)
    .execute();
  if (wanted.length === 0) return;
  const run = await db.selectFrom('runs').select('chain').where('id', '=', run_id).executeTakeFirst();
  if (run?.chain === doctorChain) return;
  const body = { type: event, timestamp: new Date().toISOString(), data: { run_id, chain: run?.chain ?? null, ...data } };
  for (const { id } of wanted) await enqueue(db, { topic: 'webhook', run_id, payload: { webhook_id: id, body } });
}

/** The same as the part `told` of a statement, for runs of its part `changed`: id, chain, event and data. */
export const eventsBeside = sql`told as (
  insert into outbox (topic, run_id, payload)
  select 'webhook', changed.id, jsonb_build_object('webhook_id', webhooks.id, 'body', jsonb_build_object(
    'type', changed.event, 'timestamp', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', jsonb_build_object('run_id', changed.id, 'chain', changed.chain) || changed.data))
  from changed, webhooks
  where webhooks.disabled_at is null and changed.event = any(webhooks.events) and changed.chain <> ${sql.lit(doctorChain)})`;
