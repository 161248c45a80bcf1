import { check, valuesFromQuotes, type QuotedKind } from 'trimtab';
import type { Meeting, Update, Updates } from './meeting.ts';

const meetingOf = (input: unknown): Meeting => (input as { meeting: Meeting }).meeting;
const namesIn = (meeting: Meeting): string[] => meeting.people.map(({ name }) => name);

/** What must follow from an update's quote, by the member that holds it. */
function valuesOf(update: Update, among: readonly string[]): Record<string, QuotedKind> {
  const person = (value: string): QuotedKind => ({ kind: 'name', value, among });
  switch (update.field) {
    case 'deal_amount':
      return { amount: { kind: 'amount', value: update.amount, currency: update.currency } };
    case 'seats':
      return { seats: { kind: 'number', value: update.seats } };
    case 'close_date':
      return { date: { kind: 'date', value: update.date } };
    case 'competitor':
      return { name: { kind: 'name', value: update.name } };
    case 'contact_email':
      return { email: { kind: 'e-mail', value: update.email }, person: person(update.person) };
    case 'contact_phone':
      return { phone: { kind: 'phone', value: update.phone }, person: person(update.person) };
    case 'contact_title':
      return { title: { kind: 'words', value: update.title }, person: person(update.person) };
    case 'task':
      return {
        what: { kind: 'words', value: update.what },
        owner: person(update.owner),
        ...(update.due === null ? {} : { due: { kind: 'date', value: update.due } }),
      };
  }
}

/** Each field stands on words of the transcript, letter by letter, and follows from them; whose it is, too. */
export const fieldsFromTranscript = valuesFromQuotes<Updates>({
  source: (input) => meetingOf(input).transcript,
  today: (input) => meetingOf(input).held_on,
  values: ({ updates }, input) =>
    updates.flatMap((update, index) =>
      Object.entries(valuesOf(update, namesIn(meetingOf(input)))).map(([member, value]) => ({
        ...value,
        at: `/updates/${index}/${member}`,
        quote: update.quote,
      })),
    ),
});

/** Whose record it is: one of us for a task, else somebody of the customer's who was there or is named in full. */
export const knownPeople = check<Updates>('known-people', ({ updates }, { input }) => {
  const meeting = meetingOf(input);
  const us = meeting.people.filter(({ side }) => side === 'us').map(({ name }) => name);
  return updates.flatMap((update, index) => {
    if (update.field === 'task')
      return us.includes(update.owner)
        ? []
        : [{ reason: `'${update.owner}' is none of us; a task belongs to ${us.join(', ')}`, at: { pointer: `/updates/${index}/owner` } }];
    if (!('person' in update)) return [];
    const theirs = !us.includes(update.person) && (namesIn(meeting).includes(update.person) || isFullName(update.person, meeting));
    const at = { pointer: `/updates/${index}/person` };
    return theirs ? [] : [{ reason: `'${update.person}' is no full name of somebody on the customer's side`, at }];
  });
});

const isFullName = (name: string, { transcript }: Meeting): boolean => name.includes(' ') && transcript.includes(name);

const slotOf = (update: Update): string | null => {
  if (update.field === 'task' || update.field === 'competitor') return null;
  return 'person' in update ? `${update.field} of ${update.person}` : update.field;
};

/** A record holds one value a field: the last one that was agreed. */
export const oneValueAField = check<Updates>('one-value-a-field', ({ updates }) => {
  const slots = updates.map(slotOf);
  return slots.flatMap((slot, index) =>
    slot === null || slots.indexOf(slot) === index
      ? []
      : [{ reason: `there are two values for ${slot}; keep the one that was agreed last`, at: { pointer: `/updates/${index}` } }],
  );
});
