import { z } from 'zod';

/** Who was there. `side`: `us`, who sell, or the customer. */
const Person = z.object({ name: z.string().min(1), company: z.string().min(1), side: z.enum(['us', 'customer']) });

/** A meeting as a recorder hands it over: one line an utterance, `Name: what was said`. */
export const Meeting = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  held_on: z.iso.date(),
  people: z.array(Person).min(1).max(50),
  transcript: z.string().trim().min(1).max(200_000),
});
export type Meeting = z.infer<typeof Meeting>;

const quote = z.string().min(1);
const person = z.string().min(1);

/** One change of a record in the CRM, with the words of the transcript that support it. */
export const Update = z.discriminatedUnion('field', [
  z.object({ field: z.literal('deal_amount'), amount: z.number().positive(), currency: z.enum(['EUR', 'USD', 'GBP', 'CHF']), quote }),
  z.object({ field: z.literal('seats'), seats: z.number().int().positive(), quote }),
  z.object({ field: z.literal('close_date'), date: z.iso.date(), quote }),
  z.object({ field: z.literal('competitor'), name: z.string().min(1), quote }),
  z.object({ field: z.literal('contact_email'), person, email: z.email(), quote }),
  z.object({ field: z.literal('contact_phone'), person, phone: z.string().min(5), quote }),
  z.object({ field: z.literal('contact_title'), person, title: z.string().min(2), quote }),
  z.object({ field: z.literal('task'), owner: person, what: z.string().min(3), due: z.iso.date().nullable(), quote }),
]);
export type Update = z.infer<typeof Update>;

export const Updates = z.object({ updates: z.array(Update).max(40) });
export type Updates = z.infer<typeof Updates>;
