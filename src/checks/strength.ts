/** Words that make a statement weaker or stronger, by what they do. */
const permits = /\b(?:may|can|could|might)\b/;
const obliges = /\b(?:must|shall|(?:have|has|need|needs) to|required)\b/;
const limits = /\b(?:only|solely|exclusively|up to|at (?:least|most)|(?:more|less|fewer) than|no more than|minimum|maximum|except)\b/;
const hedges = /\b(?:some|most|many|certain|selected|usually|typically|generally|normally|often|sometimes|approximately)\b/;
const absolute = /\b(?:always|guaranteed|definitely|in any case|without exception)\b/;
const every = /\b(?:all|every|each|any)\b/;
const theirs = /^(?:you|your|yours)$/;
const ours = /^(?:we|us|our|ours)$/;

/**
 * What a near copy makes stronger or weaker where it leaves its source: `before` stood there, `after` stands there now, both
 * in small letters. `May` became `must`, an `up to` or `only` or `usually` is gone, an `always` has come, `you` became `we`.
 */
export function strengthened(after: string, before: string): string | null {
  const [may, must] = [permits.exec(before)?.[0], obliges.exec(after)?.[0]];
  if (may && must && !obliges.test(before)) return `it says '${must}' where its source says '${may}'`;
  const [had, has] = [obliges.exec(before)?.[0], permits.exec(after)?.[0]];
  if (had && has && !permits.test(before)) return `it says '${has}' where its source says '${had}'`;
  if ((ours.test(after) && theirs.test(before)) || (theirs.test(after) && ours.test(before)))
    return `it says '${after}' where its source says '${before}'`;
  if (hedges.test(before) && (every.test(after) || absolute.test(after))) return `it says '${after}' where its source says '${before}'`;
  const gone = limits.exec(before)?.[0] ?? (after === '' ? hedges.exec(before)?.[0] : undefined);
  if (gone && after === '') return `it leaves out the '${gone}' of its source`;
  const come = absolute.exec(after)?.[0];
  return come && !absolute.test(before) && !every.test(before) ? `it says '${come}', which its source does not` : null;
}
