import { sql, type RawBuilder } from 'kysely';
import { doctorChain } from '../shapes/doctor-chain.ts';
import type { WebhookEvent } from '../shapes/webhook.ts';
import { json, type Handle } from './database.ts';
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

/** The same as a part of a statement whose part `changed` has the run's id and chain. */
export const eventBeside = (event: WebhookEvent, data: Record<string, unknown>): RawBuilder<unknown> => sql`, told as (
  insert into outbox (topic, run_id, payload)
  select 'webhook', changed.id, jsonb_build_object('webhook_id', webhooks.id, 'body', jsonb_build_object(
    'type', ${event}::text, 'timestamp', ${new Date().toISOString()}::text,
    'data', jsonb_build_object('run_id', changed.id, 'chain', changed.chain) || ${json(data)}::jsonb))
  from changed, webhooks where webhooks.disabled_at is null and ${event} = any(webhooks.events) and changed.chain <> ${doctorChain})`;
