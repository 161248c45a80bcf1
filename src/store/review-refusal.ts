import { TrimtabError } from '../errors.ts';
import type { Review } from '../shapes/review.ts';
import { called, type Who } from './who.ts';

/** Why this person cannot change this review now, with the review as it is in `extra.current`. `version`: the one they meant, if any. */
export function refusalOf(review: Review, asked: { by: Who; version?: number }): TrimtabError {
  const extra = { current: review };
  if (review.decision)
    return new TrimtabError(
      'review_decided',
      `${called({ id: review.decision.by_id ?? null, name: review.decision.by })} decided '${review.decision.decision}' at ${review.decision.at}`,
      { extra },
    );
  if (review.status === 'expired') return new TrimtabError('review_expired', `the review expired at ${review.expires_at}`, { extra });
  if (review.status === 'cancelled')
    return new TrimtabError('review_cancelled', 'the run went another way, so nobody needs to decide this any more', { extra });
  if (review.claimed_by !== null && review.claimed_by_id !== asked.by.id)
    return new TrimtabError(
      'review_claimed',
      `${called({ id: review.claimed_by_id, name: review.claimed_by })} holds this review until ${review.claimed_until}`,
      { extra },
    );
  return new TrimtabError('review_version', `you have version ${asked.version ?? '?'}; it is at version ${review.version} now`, { extra });
}
