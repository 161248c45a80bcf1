import type { Meeting, Person, Speech } from './read-meeting.ts';

const word = (text: string, part: string): boolean => new RegExp(String.raw`(?<![\p{L}@.])${part}(?![\p{L}@])`, 'u').test(text);
/** A name that stands in full, of somebody who need not be there. */
const fullName = /(?<!^)(?<![.!?] )\b(\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?)\b/u;

/** Said of oneself; `my colleague` is somebody else. */
const own =
  /\b(?:my (?:work |own |new |direct )?(?:e-?mail|mail|address|phone|mobile|number|title|role|extension)|mine|me|i'm|i am|i've|i have|i was)\b/i;

/** Who of the customer's people a sentence is about: named in full, by one name that only one has, or the speaker. Null: it cannot be told. */
export function customerIn({ text, speaker }: Speech, { people }: Meeting): string | null {
  const theirs = people.filter(({ side }) => side === 'customer');
  if (own.test(text) && speaker.side === 'customer') return speaker.name;
  const whole = theirs.find(({ name }) => word(text, name));
  if (whole) return whole.name;
  const parts = (person: Person): string[] => person.name.split(' ').filter((part) => word(text, part));
  const named = people.filter((person) => parts(person).length > 0);
  if (named.length > 0) return named.length === 1 && named[0]?.side === 'customer' ? named[0].name : null;
  const [, stranger] = fullName.exec(text) ?? [];
  if (stranger !== undefined) return stranger;
  return speaker.side === 'customer' ? speaker.name : null;
}
