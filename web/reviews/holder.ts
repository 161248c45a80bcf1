import type { Decision, Review } from '../api/shapes.ts';

/** A key may carry a person's name: say that it is a key. */
const named = (name: string, id: string | null | undefined): string => (id?.startsWith('key_') ? `${name} (API key)` : name);

/** Who holds the review now, null when nobody does. `me`: the id of whoever looks. */
export function holderOf(review: Review, { now, me }: { now: number; me: string | null }): { name: string; mine: boolean } | null {
  const { claimed_by: name, claimed_by_id: id, claimed_until: until } = review;
  if (review.status !== 'pending' || !name || (until !== null && Date.parse(until) <= now)) return null;
  return { name: named(name, id), mine: id !== null && id === me };
}

export const deciderOf = ({ by, by_id }: Decision): string => named(by, by_id);
