import { chance, pick } from '../chance.ts';
import type { Change as Planted, WriterFault } from '../faults.ts';
import type { Extracted } from './extract.ts';

type Update = Extracted['updates'][number];

const shares: readonly (readonly [WriterFault, number])[] = [
  ['wrong_amount', 0.3],
  ['unsupported_claim', 0.2],
  ['missing_citation', 0.2],
  ['stale_value', 0.15],
  ['lost_update', 0.15],
];

/** Which fault a list of changes gets, by the hash of its prompt. */
export function meetingFaultOf(hash: string): WriterFault {
  let left = chance(hash, 'kind');
  return shares.find(([, share]) => (left -= share) < 0)?.[0] ?? 'wrong_amount';
}

const invented: readonly Update[] = [
  { field: 'deal_amount', amount: 75_000, currency: 'EUR', quote: 'We agreed on 75,000 euros for the whole package.' },
  { field: 'competitor', name: 'Brightdesk', quote: 'They are also talking to Brightdesk.' },
];

const later = (day: string): string => new Date(Date.parse(day) + 7 * 86_400_000).toISOString().slice(0, 10);

function misread(update: Update): Update | null {
  if (typeof update['amount'] === 'number') return { ...update, amount: Math.round(update['amount'] * 1.2) };
  if (typeof update['seats'] === 'number') return { ...update, seats: update['seats'] + 20 };
  if (typeof update['date'] === 'string') return { ...update, date: later(update['date']) };
  return typeof update['due'] === 'string' ? { ...update, due: later(update['due']) } : null;
}

/** The words as somebody remembers them. */
const reworded = (update: Update): Update => ({ ...update, quote: `So basically ${update.quote.replace(/^(?:\S+\s){1,2}/, '')}` });

/** The list with a fault in it, as JSON; null where this kind does not apply. */
export function plantInUpdates(kind: WriterFault, { updates, stale }: Extracted, hash: string): Planted | null {
  const made = (changed: Update[], before: unknown, after: unknown): Planted => ({
    text: JSON.stringify({ updates: changed }),
    before: JSON.stringify(before ?? null),
    after: JSON.stringify(after ?? null),
  });
  const swapped = (before: Update | undefined, after: Update | null | undefined): Planted | null =>
    before && after
      ? made(
          updates.map((one) => (one === before ? after : one)),
          before,
          after,
        )
      : null;
  switch (kind) {
    case 'wrong_amount': {
      const wrong = pick(
        updates.filter((update) => misread(update) !== null),
        hash,
        'number',
      );
      return swapped(wrong, wrong && misread(wrong));
    }
    case 'missing_citation': {
      const one = pick(updates, hash, 'citation');
      return swapped(one, one && reworded(one));
    }
    case 'unsupported_claim': {
      const more = pick(invented, hash, 'invention');
      return more ? made([...updates, more], null, more) : null;
    }
    case 'stale_value': {
      const before = stale.at(-1);
      const now = updates.find(({ field, person }) => field === before?.update.field && person === before?.update['person']);
      return swapped(now, before?.update);
    }
    case 'lost_update': {
      const lost = pick(updates, hash, 'lost');
      return lost
        ? made(
            updates.filter((one) => one !== lost),
            lost,
            null,
          )
        : null;
    }
    default:
      return null;
  }
}
