import { z } from 'zod';
import { startReceiver, type Receiver, type ReceiverOptions } from './receiver.ts';

const OutgoingReply = z.strictObject({
  to: z.string().min(1).max(320),
  subject: z.string().max(500).optional(),
  text: z.string().min(1),
  ticket_id: z.string().min(1).max(200),
});

export type HelpDesk = Receiver;

/** The demo's help desk: `POST /replies` keeps one reply a key, `GET /replies` lists them. */
export const startHelpDesk = (options: ReceiverOptions): Promise<HelpDesk> =>
  startReceiver(
    {
      name: 'the demo help desk',
      noun: 'reply',
      path: '/replies',
      prefix: 'msg',
      schema: OutgoingReply,
      answer: ({ id, to }) => ({ id, to }),
    },
    options,
  );
