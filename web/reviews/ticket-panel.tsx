import type { Review } from '../api/shapes.ts';
import { Files } from '../parts/file-list.tsx';
import { record } from '../parts/record.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { ValueText, marked } from '../parts/value-text.tsx';
import { quotesIn } from '../parts/value-view.tsx';
import css from './review-detail.module.css';
import { askedOf, contextOf } from './review-facts.ts';

/** What came in, as it came in: plain text, never Markdown, with the words marked that the proposal quotes. `dir=auto` lets right-to-left tickets read their own way. */
export function TicketPanel({ review }: { review: Review }) {
  const { body } = askedOf(review);
  const { input } = contextOf(review);
  return (
    <section className={`${css.panel} ${css.ticket}`} aria-labelledby="ticket-heading">
      <div className={css.panelHead}>
        <h3 id="ticket-heading">{body === null ? 'Input' : record(input)?.['transcript'] === undefined ? 'Ticket' : 'Transcript'}</h3>
      </div>
      <ScrollBox className={css.ticketText} label="Text of the ticket" dir="auto">
        {body === null ? <ValueText value={input} /> : marked(body, quotesIn(review.value))}
        <Files value={input} />
      </ScrollBox>
    </section>
  );
}
