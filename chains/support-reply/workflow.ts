import { workflow } from 'trimtab/workflow';
import type { supportReply as definition } from './definition.ts';

export const supportReply = workflow<typeof definition>(async (ticket, { facts, draft, approve, send }) => {
  const found = await facts({ question: `${ticket.subject}\n\n${ticket.body}`, customer_id: ticket.customer_id });
  const reply = await draft({ ticket, found });
  const final = await approve(reply);
  return send({ to: ticket.from, subject: `Re: ${ticket.subject}`, text: final.text, ticket_id: ticket.id });
});
