import { z } from 'zod';

/** A customer's message. `customer_id` comes from the help desk, never from the text: it is what looks up private data. */
export const Ticket = z.strictObject({
  id: z.string().min(1).max(200),
  from: z.string().min(1).max(320),
  subject: z.string().max(500),
  body: z.string().trim().min(1, 'the ticket has no text').max(100_000),
  customer_id: z.string().max(200).optional(),
});
export type Ticket = z.infer<typeof Ticket>;
