import type { Review } from '../api/shapes.ts';
import { filesIn } from '../parts/files.ts';
import { record } from '../parts/record.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { quotesIn } from '../parts/value-view.tsx';
import { InputView } from './input-view.tsx';
import css from './review-detail.module.css';
import { askedOf, contextOf } from './review-facts.ts';

/** Members of an input that the head of a review shows. */
const inHead = ['from', 'customer_id', 'id'];

/** What came in, with the words marked that the proposal quotes. `dir=auto` lets right-to-left tickets read their own way. */
export function TicketPanel({ review }: { review: Review }) {
  const { body } = askedOf(review);
  const { input } = contextOf(review);
  const tall = filesIn(input).length > 0;
  return (
    <section className={`${css.panel} ${css.ticket}`} aria-labelledby="ticket-heading">
      <div className={css.panelHead}>
        <h3 id="ticket-heading">{body === null ? 'Input' : record(input)?.['transcript'] === undefined ? 'Ticket' : 'Transcript'}</h3>
      </div>
      <ScrollBox className={tall ? `${css.ticketText} ${css.withFiles}` : css.ticketText} label="Text of the ticket" dir="auto">
        <InputView input={input} elsewhere={inHead} quotes={quotesIn(review.value)} />
      </ScrollBox>
    </section>
  );
}
