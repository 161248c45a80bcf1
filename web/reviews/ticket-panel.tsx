import type { Review } from '../api/shapes.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { ValueText } from '../parts/value-text.tsx';
import css from './review-detail.module.css';
import { askedOf, contextOf } from './review-facts.ts';

/** What came in, as it came in: plain text, never Markdown. `dir=auto` lets right-to-left tickets read their own way. */
export function TicketPanel({ review }: { review: Review }) {
  const { body } = askedOf(review);
  return (
    <section className={`${css.panel} ${css.ticket}`} aria-labelledby="ticket-heading">
      <div className={css.panelHead}>
        <h3 id="ticket-heading">{body === null ? 'Input' : 'Ticket'}</h3>
      </div>
      <ScrollBox className={css.ticketText} label="Text of the ticket" dir="auto">
        {body ?? <ValueText value={contextOf(review).input} />}
      </ScrollBox>
    </section>
  );
}
