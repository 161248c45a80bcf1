import { z } from 'zod';

export const WebhookEvent = z.enum(['run.ended', 'run.blocked', 'review.created', 'review.decided']);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** An endpoint that is told of events in the Standard Webhooks format. The secret is shown once, when it is made. */
export const Webhook = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(WebhookEvent),
  created_at: z.string(),
  disabled: z.boolean(),
  secret: z.string().optional(),
});
export type Webhook = z.infer<typeof Webhook>;

export const Delivery = z.object({
  id: z.string(),
  webhook_id: z.string(),
  event: WebhookEvent,
  status: z.enum(['pending', 'delivered', 'failed']),
  tries: z.number().int(),
  last_status: z.number().int().nullable(),
  last_error: z.string().nullable(),
  created_at: z.string(),
  delivered_at: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;
