import { daysIn } from '../../../../src/checks/spoken-days.ts';
import { factsIn } from '../../../../src/checks/facts.ts';
import { numberWords, valuesOf } from '../../../../src/checks/numbers.ts';
import { agreed, isOpen } from './agreement.ts';
import { customerIn } from './people.ts';
import type { Meeting, Speech } from './read-meeting.ts';

/** A change, and the slot of the record that it fills: a later one for the same slot replaces it. */
export interface Change {
  slot: string;
  update: Record<string, unknown> & { field: string; quote: string };
}
/** What a talk comes to, and what was said before it was corrected. */
export interface Extracted {
  updates: Change['update'][];
  stale: Change[];
}

const corrects =
  /\b(?:actually|sorry|correction|wait|i meant|i mean|make (?:that|it)|instead|scratch that|rather|on second thought|not the \d)\b|^no,/i;
/** Prices of something else than this deal. */
const otherPrice =
  /\b(?:per (?:seat|user|head|licen[cs]e|month)|each|a (?:month|seat|user)|every|last year|currently|today we pay|we pay|turnover|revenue|funding|raised|fine of|penalty|discount|save[sd]?|travel|costs? us|offered us|quoted us|they (?:want|ask|charge))\b/i;
const otherSeats = /\b(?:currently|at the moment|last year|today we have|right now)\b/i;
const signs = /\b(?:sign(?:s|ed|ing|ature)?|contract|purchase order|close (?:it|this|the deal))\b/i;
const takenBack =
  /\b(?:leave|keep) (?:the )?(date|price|amount|number|seats?)(?: \w+){0,3} open\b|\b(?:scratch|forget(?: about)?|drop) the (date|price|amount|number|seats?)\b/i;
const currencies: Readonly<Record<string, string>> = { eur: 'EUR', usd: 'USD', gbp: 'GBP', chf: 'CHF' };

/** What is denied goes: `not the 14th, the 21st` says the 21st. */
const affirmed = (text: string): string => text.replace(/\bnot (?:on |until |by )?(?:the )?[^,.;]+[,;]?/gi, ' ');

function amountIn(speech: Speech): Record<string, unknown> | null {
  if (otherPrice.test(speech.text)) return null;
  const found = factsIn(affirmed(speech.text)).findLast(({ kind }) => kind === 'amount');
  const currency = currencies[found?.quantity?.unit ?? ''];
  const amount = found?.quantity?.raw[0];
  return amount === undefined || currency === undefined ? null : { field: 'deal_amount', amount, currency };
}

const counted = new RegExp(String.raw`(?<![\w-])(\d[\d,.]*|${numberWords})\s+(?:seats|licen[cs]es|users)\b`, 'gi');

function seatsIn(speech: Speech): Record<string, unknown> | null {
  if (otherSeats.test(speech.text)) return null;
  const found = [...affirmed(speech.text).matchAll(counted)].at(-1)?.[1] ?? '';
  const seats = /^\d/.test(found) ? Number(found.replace(/[.,]/g, '')) : (valuesOf(found)[0] ?? Number.NaN);
  return Number.isInteger(seats) && seats > 0 ? { field: 'seats', seats } : null;
}

const dayIn = (text: string, { held_on }: Meeting): string | null => {
  const clauses = affirmed(text).split(/[,;]\s/);
  return clauses.flatMap((clause) => daysIn(clause, held_on).slice(0, 1)).at(-1) ?? null;
};

function closeIn(speech: Speech, meeting: Meeting): Record<string, unknown> | null {
  const date = dayIn(speech.text, meeting);
  return date === null ? null : { field: 'close_date', date };
}

const name = String.raw`(\p{Lu}[\p{L}\d&-]*(?: \p{Lu}[\p{L}\d&-]*)?)`;
const rivals = new RegExp(
  String.raw`\b(?:[Ww]e(?:'re| are| have| had)? (?:also )?(?:look(?:ing|ed)? at|(?:had )?a look at|had a look at|talk(?:ing)? to|evaluat(?:e|ing)|us(?:e|ing))|(?:currently|today|still) (?:use|using|on|with)|compar(?:e|ing) (?:you|it|this) (?:with|to|against)|switch(?:ing)? (?:away )?from|(?:offer|quote|proposal|demo) from|shortlist(?:ed)? (?:you and|with))\s+${name}`,
  'gu',
);
const calendar =
  /^(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|I)$/;

function rivalsIn({ speaker, text }: Speech, { people }: Meeting): string[] {
  if (speaker.side !== 'customer') return [];
  const known = people.flatMap((person) => person.name.split(' '));
  return [...text.matchAll(rivals)]
    .map(([, rival = '']) => rival)
    .filter((rival) => !calendar.test(rival) && !known.includes(rival.split(' ')[0] ?? ''));
}

const job = String.raw`((?:(?:[Hh]ead|[Dd]irector|[Vv]ice [Pp]resident|VP|[Cc]hief|[Mm]anager|[Ll]ead)\b(?: (?:of|for))?(?: (?!and\b|now\b|since\b|here\b|so\b)[\p{L}&-]+){0,4}?|(?:[\p{L}&-]+ ){0,2}?(?:director|manager|officer|lead|buyer))|C[EFTIO]O)(?=[.,;!?]|$| (?:and|now|since|here|so|at|from|as)\b)`;
const titles = new RegExp(
  String.raw`\b(?:I am|I'm|I have become|I've become|I was promoted to|I've been promoted to|I took over as|I've taken over as|(?:is|was|has been|became|got) (?:now|our|the|promoted to|appointed)(?: the| our| new)*)\s+(?:(?:now|the|our|your|new|a|an|promoted to) )*${job}`,
  'u',
);

/** What follows is no task: `I'll be honest`. */
const promise =
  /\b(?:I'll|I will|I'm going to|[Ww]e'll|[Ww]e will)\s+((?!be\b|have\b|see\b|need\b|say\b|admit\b|take\b|leave\b|try\b|stay\b|let\b|never\b|not\b|think\b|hear\b|keep\b|do\b|miss\b|always\b|also\b|probably\b)[a-z]+ [^.;!?]{3,})/;

function taskIn(speech: Speech, meeting: Meeting): Record<string, unknown> | null {
  const [, what] = promise.exec(speech.text) ?? [];
  if (speech.speaker.side !== 'us' || what === undefined || /\b(?:if|unless|could|might)\b/i.test(speech.text)) return null;
  return {
    field: 'task',
    owner: speech.speaker.name,
    what: what.replace(/,\s*(?:ok|okay|right|promised?)$/i, '').trim(),
    due: dayIn(speech.text, meeting),
  };
}

function contactsIn(speech: Speech, meeting: Meeting, last: string | null): Change[] {
  const facts = factsIn(speech.text);
  const email = facts.findLast(({ kind }) => kind === 'e-mail address')?.text;
  const phone = facts.findLast(({ kind }) => kind === 'phone number')?.text;
  const [, title] = titles.exec(speech.text) ?? [];
  const person = customerIn(speech, meeting) ?? (corrects.test(speech.text) ? last : null);
  if (person === null) return [];
  const found = [
    email === undefined ? null : { field: 'contact_email', person, email },
    phone === undefined ? null : { field: 'contact_phone', person, phone },
    title === undefined || /\b(?:was|were)\b.*\b(?:before|until|last)\b/.test(speech.text)
      ? null
      : { field: 'contact_title', person, title },
  ].filter((one) => one !== null);
  return found.map((one) => ({ slot: `${one.field} ${person}`, update: { ...one, quote: speech.text } }));
}

/** The values of the deal in a sentence. A day alone is that of what was spoken of just before. */
function dealIn(speech: Speech, meeting: Meeting, topic: string | null): Record<string, unknown>[] {
  const promised = /\b(?:I'll|I will|[Ww]e'll|[Ww]e will (?!sign|close))\b/.test(speech.text);
  const dated = signs.test(speech.text) || (!promised && topic === 'close_date' && /\d/.test(speech.text));
  const found = [amountIn(speech), seatsIn(speech), dated && taskIn(speech, meeting) === null ? closeIn(speech, meeting) : null];
  return found.filter((one) => one !== null);
}

const slots: Readonly<Record<string, string>> = {
  date: 'close_date',
  price: 'deal_amount',
  amount: 'deal_amount',
  number: 'seats',
  seat: 'seats',
  seats: 'seats',
};

/** So many utterances later something else is spoken of. */
const longestTopic = 3;

/** What a talk comes to: word work, sentence by sentence. The last agreed value of a slot stands. */
export function extract(meeting: Meeting): Extracted {
  const changes = new Map<string, Change>();
  const stale: Change[] = [];
  let topic: string | null = null;
  let spokenOf = 0;
  let person: string | null = null;
  const put = (change: Change): void => {
    const before = changes.get(change.slot);
    if (before && JSON.stringify({ ...before.update, quote: '' }) === JSON.stringify({ ...change.update, quote: '' })) return;
    if (before) stale.push(before);
    changes.set(change.slot, change);
  };
  for (const speech of meeting.speeches) {
    const back = takenBack.exec(speech.text);
    const dropped = slots[back?.[1] ?? back?.[2] ?? ''];
    if (dropped !== undefined) changes.delete(dropped);
    if (signs.test(speech.text)) [topic, spokenOf] = ['close_date', speech.turn];
    const deal = dealIn(speech, meeting, speech.turn - spokenOf <= longestTopic ? topic : null);
    const heard = agreed(speech, meeting.speeches);
    for (const update of deal) {
      const field = String(update['field']);
      [topic, spokenOf] = [field, speech.turn];
      if (heard) put({ slot: field, update: { ...update, field, quote: speech.text } });
    }
    for (const rival of rivalsIn(speech, meeting))
      put({ slot: `competitor ${rival}`, update: { field: 'competitor', name: rival, quote: speech.text } });
    const task = taskIn(speech, meeting);
    if (task) put({ slot: `task ${String(task['what'])}`, update: { ...task, field: 'task', quote: speech.text } });
    for (const change of contactsIn(speech, meeting, person)) {
      person = String(change.update['person']);
      if (!isOpen(speech) || heard) put(change);
    }
  }
  return { updates: [...changes.values()].map(({ update }) => update), stale };
}
