import { randomBytes } from 'node:crypto';
import { TrimtabError } from '../errors.ts';
import type { Delivery, Webhook, WebhookEvent } from '../shapes/webhook.ts';
import { audit } from './audit.ts';
import { json, type Database, type Handle } from './database.ts';
import { newId } from './ids.ts';
import { enqueue } from './outbox.ts';
import { transact } from './transact.ts';
import type { Who } from './who.ts';

/** Register an endpoint. The secret is in this answer only. */
export async function createWebhook(db: Handle, wanted: { url: string; events: WebhookEvent[]; by: string | Who }): Promise<Webhook> {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const row = await db
    .insertInto('webhooks')
    .values({ id: newId('wh'), url: wanted.url, events: wanted.events, secret })
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(db, { actor: wanted.by, action: 'webhook.create', subject: row.id });
  return { id: row.id, url: row.url, events: wanted.events, created_at: row.created_at.toISOString(), disabled: false, secret };
}

export async function listWebhooks(db: Handle): Promise<Webhook[]> {
  const rows = await db.selectFrom('webhooks').selectAll().orderBy('created_at').execute();
  return rows.map((row) => ({
    id: row.id,
    url: row.url,
    events: row.events as WebhookEvent[],
    created_at: row.created_at.toISOString(),
    disabled: row.disabled_at !== null,
  }));
}

export async function deleteWebhook(db: Handle, id: string, by: string | Who): Promise<void> {
  const gone = await db.deleteFrom('webhooks').where('id', '=', id).executeTakeFirst();
  if (gone.numDeletedRows === 0n) throw new TrimtabError('not_found', `there is no webhook ${id}`);
  await audit(db, { actor: by, action: 'webhook.delete', subject: id });
}

/** The latest deliveries of an endpoint, newest first. Throws `not_found` for an endpoint that is none. */
export async function listDeliveries(db: Handle, webhook_id: string): Promise<Delivery[]> {
  const known = await db.selectFrom('webhooks').select('id').where('id', '=', webhook_id).executeTakeFirst();
  if (!known) throw new TrimtabError('not_found', `there is no webhook ${webhook_id}`);
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('webhook_id', '=', webhook_id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    webhook_id: row.webhook_id,
    event: row.event as WebhookEvent,
    status: row.status as Delivery['status'],
    tries: row.tries,
    last_status: row.last_status,
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
    delivered_at: row.delivered_at?.toISOString() ?? null,
  }));
}

/** Send a delivery again, under its own id. */
export async function resendDelivery(db: Database, id: string): Promise<void> {
  await transact(db, async (tx) => {
    const row = await tx
      .updateTable('deliveries')
      .set({ status: 'pending' })
      .where('id', '=', id)
      .returning(['webhook_id', 'body'])
      .executeTakeFirst();
    if (!row) throw new TrimtabError('not_found', `there is no delivery ${id}`);
    await enqueue(tx, { topic: 'webhook', run_id: null, payload: { webhook_id: row.webhook_id, delivery_id: id, body: row.body } });
  });
}

export interface Outgoing {
  delivery_id: string;
  url: string;
  secret: string;
  body: { type: WebhookEvent } & Record<string, unknown>;
}

/** The delivery of an outbox row, made on its first try. Null: the endpoint is gone. */
export async function beginDelivery(
  db: Handle,
  message: { webhook_id: string; delivery_id: string; body: Outgoing['body'] },
): Promise<Outgoing | null> {
  const endpoint = await db
    .selectFrom('webhooks')
    .select(['url', 'secret'])
    .where('id', '=', message.webhook_id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!endpoint) return null;
  await db
    .insertInto('deliveries')
    .values({
      id: message.delivery_id,
      webhook_id: message.webhook_id,
      event: message.body.type,
      body: json(message.body),
      last_status: null,
      last_error: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { delivery_id: message.delivery_id, url: endpoint.url, secret: endpoint.secret, body: message.body };
}

/** Note one try. */
export async function noteDelivery(
  db: Handle,
  id: string,
  tried: { status: number | null; error: string | null; final: boolean },
): Promise<void> {
  const ok = tried.error === null;
  await db
    .updateTable('deliveries')
    .set((eb) => ({
      tries: eb('tries', '+', 1),
      last_status: tried.status,
      last_error: tried.error,
      status: ok ? 'delivered' : tried.final ? 'failed' : 'pending',
      ...(ok ? { delivered_at: new Date() } : {}),
    }))
    .where('id', '=', id)
    .execute();
}
