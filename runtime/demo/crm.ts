import { z } from 'zod';
import { startReceiver, type Receiver, type ReceiverOptions } from './receiver.ts';

const Change = z.strictObject({
  meeting_id: z.string().min(1).max(200),
  updates: z
    .array(z.looseObject({ field: z.string().min(1), quote: z.string().min(1) }))
    .min(1)
    .max(100),
});

/** The demo's CRM: `POST /updates` keeps the updates of a meeting once a key, `GET /updates` lists what was written. */
export const startCrm = (options: ReceiverOptions): Promise<Receiver> =>
  startReceiver(
    {
      name: 'the demo CRM',
      noun: 'change',
      path: '/updates',
      prefix: 'crm',
      schema: Change,
      answer: ({ id, updates }) => ({ id, written: updates.length }),
    },
    options,
  );
