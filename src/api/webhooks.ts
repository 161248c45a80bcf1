import { z } from '@hono/zod-openapi';
import { TrimtabError } from '../errors.ts';
import { Delivery, Webhook, WebhookEvent } from '../shapes/webhook.ts';
import { createWebhook, deleteWebhook, listDeliveries, listWebhooks, resendDelivery } from '../store/webhooks.ts';
import { transact } from '../store/transact.ts';
import { bodyOf } from './body.ts';
import type { ApiDependencies } from './deps.ts';
import { route, type Api } from './route.ts';

const tag = 'webhooks';
/** `fetch` refuses an address with a name and password in it, so every delivery would fail; and addresses are listed. */
const address = z
  .url({ protocol: /^https?$/, error: 'is no http or https address' })
  .max(2_000)
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'has a name or password in it: the signature is what proves the sender');
const NewWebhook = z.strictObject({ url: address, events: z.array(WebhookEvent).min(1) });

export function webhookRoutes(api: Api, { db, endpointRefusal }: ApiDependencies): void {
  route(
    api,
    {
      method: 'post',
      path: '/v1/webhooks',
      summary: 'Register an endpoint; the secret is shown once',
      scope: 'admin',
      tag,
      body: NewWebhook,
      answer: Webhook,
      status: 201,
    },
    async (context, actor) => {
      const wanted = { ...(await bodyOf(context, NewWebhook)), by: actor };
      const detail = await endpointRefusal(wanted.url);
      if (detail !== null)
        throw new TrimtabError('invalid_input', `the request does not fit: /url ${detail}`, { errors: [{ pointer: '/url', detail }] });
      return context.json(await transact(db, (tx) => createWebhook(tx, wanted)), 201);
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/v1/webhooks',
      summary: 'List endpoints',
      scope: 'admin',
      tag,
      answer: z.object({ data: z.array(Webhook), next_cursor: z.null() }),
    },
    async (context) => context.json({ data: await listWebhooks(db), next_cursor: null }),
  );
  route(
    api,
    { method: 'delete', path: '/v1/webhooks/{id}', summary: 'Remove an endpoint', scope: 'admin', tag, status: 204 },
    async (context, actor) => {
      await transact(db, (tx) => deleteWebhook(tx, context.req.param('id') ?? '', actor));
      return context.body(null, 204);
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/v1/webhooks/{id}/deliveries',
      summary: 'The latest deliveries, failed ones too',
      scope: 'admin',
      tag,
      answer: z.object({ data: z.array(Delivery), next_cursor: z.null() }),
    },
    async (context) => context.json({ data: await listDeliveries(db, context.req.param('id') ?? ''), next_cursor: null }),
  );
  route(
    api,
    { method: 'post', path: '/v1/deliveries/{id}/resend', summary: 'Send a delivery again under its id', scope: 'admin', tag, status: 202 },
    async (context) => {
      await resendDelivery(db, context.req.param('id') ?? '');
      return context.body(null, 202);
    },
  );
}
