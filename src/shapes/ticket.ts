import { z } from 'zod';

/** A mail is made of these: a line break in one of them could begin a header of its own. */
const oneLine = /^[^\r\n\u2028\u2029\v\f]*$/;
const noBreak = 'has a line break: it is one line';

/** A customer's message. `customer_id` comes from the help desk, never from the text: it is what looks up private data. */
export const Ticket = z.strictObject({
  id: z.string().min(1).max(200).regex(oneLine, noBreak),
  from: z.string().min(1).max(320).regex(oneLine, noBreak),
  subject: z.string().max(500).regex(oneLine, noBreak),
  body: z.string().trim().min(1, 'the ticket has no text').max(100_000),
  customer_id: z.string().max(200).optional(),
});
export type Ticket = z.infer<typeof Ticket>;
