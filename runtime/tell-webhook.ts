import { Webhook } from 'standardwebhooks';
import type { Open } from '../src/egress/open.ts';
import { messageOf } from '../src/errors.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import type { Database } from '../src/store/database.ts';
import type { Leased } from '../src/store/outbox-queue.ts';
import { beginDelivery, noteDelivery, type Outgoing } from '../src/store/webhooks.ts';
import type { Topic } from './relay.ts';

const limitMs = 10_000;
/** Seconds to wait after each try: about three days in all. A receiver that is mended on Monday still hears of Friday. */
const pauses = [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 57_600, 64_800];
const tries = pauses.length + 1;

/** Webhooks in the Standard Webhooks format (standardwebhooks.com): `webhook-id` is the same in every try. `open`: the egress guard, since users name the addresses. */
export function webhookTopic(db: Database, open: Open): Topic {
  return {
    giveUpAfter: tries,
    lane: 'webhooks',
    pauseMs: (tried) => (pauses[tried - 1] ?? 0) * 1_000,
    async tell(message) {
      const payload = message.payload as { webhook_id: string; delivery_id?: string; body: Outgoing['body'] };
      const outgoing = await beginDelivery(db, { ...payload, delivery_id: payload.delivery_id ?? `dlv_${message.id}` });
      crashPoint('webhook.begun');
      if (outgoing !== null) await post({ db, open }, outgoing, message);
    },
  };
}

async function post(
  { db, open }: { db: Database; open: Open },
  { delivery_id, url, secret, body }: Outgoing,
  message: Leased,
): Promise<void> {
  const text = JSON.stringify(body);
  const at = new Date();
  const sent = await open(url, {
    method: 'POST',
    body: text,
    timeout_ms: limitMs,
    headers: {
      'content-type': 'application/json',
      'webhook-id': delivery_id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(delivery_id, at, text),
    },
  })
    .then(async ({ response }) => {
      await response.body?.cancel();
      return { status: response.status, error: response.ok ? null : `it answered ${response.status}` };
    })
    .catch((error: unknown) => ({ status: null, error: messageOf(error) }));
  crashPoint('webhook.posted');
  await noteDelivery(db, delivery_id, { ...sent, final: message.tries >= tries });
  crashPoint('webhook.noted');
  if (sent.error !== null) throw new Error(sent.error);
}
