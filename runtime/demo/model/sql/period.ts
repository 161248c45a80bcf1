const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const month = `(${months.join('|')})`;
const day = `(?:(\\d{4}-\\d{2}-\\d{2})|(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${month} (\\d{4}))`;

/** A bound on a date: `>= 2026-10-01`. */
export interface Bound {
  sign: '>=' | '>' | '<' | '<=' | '=';
  day: string;
}

const two = (n: number): string => String(n).padStart(2, '0');
const dayOf = ([iso, d, name, year]: (string | undefined)[]): string =>
  iso ?? `${year}-${two(months.indexOf(name ?? '') + 1)}-${two(Number(d))}`;
const firstOf = (year: number, at: number): string => (at > 11 ? `${year + 1}-01-01` : `${year}-${two(at + 1)}-01`);

/** The time that a question speaks of; none: all of it. */
export function periodOf(question: string): Bound[] {
  const text = question.toLowerCase();
  const between = new RegExp(`between ${day} and ${day}`).exec(text);
  if (between)
    return [
      { sign: '>=', day: dayOf(between.slice(1, 5)) },
      { sign: '<=', day: dayOf(between.slice(5, 9)) },
    ];
  const one = new RegExp(`\\b(since|from|after|before|until|on|by) ${day}`).exec(text);
  if (one) {
    const sign = ({ since: '>=', from: '>=', after: '>', before: '<', until: '<=', by: '<=', on: '=' } as const)[one[1] as 'since'];
    return [{ sign, day: dayOf(one.slice(2, 6)) }];
  }
  const monthly = new RegExp(`\\b${month} (\\d{4})\\b`).exec(text);
  if (monthly) {
    const at = months.indexOf(monthly[1] ?? '');
    const year = Number(monthly[2]);
    return [
      { sign: '>=', day: firstOf(year, at) },
      { sign: '<', day: firstOf(year, at + 1) },
    ];
  }
  const year = Number(/\b(?:in|of|during|for|year) (?:the year )?((?:19|20)\d{2})\b/.exec(text)?.[1] ?? Number.NaN);
  return Number.isNaN(year)
    ? []
    : [
        { sign: '>=', day: `${year}-01-01` },
        { sign: '<', day: `${year + 1}-01-01` },
      ];
}

/** Words of a date say nothing about the subject. */
export const withoutPeriod = (question: string): string =>
  question
    .toLowerCase()
    .replaceAll(new RegExp(day, 'g'), ' ')
    .replaceAll(new RegExp(`\\b${month}\\b`, 'g'), ' ')
    .replaceAll(/\b(?:19|20)\d{2}\b/g, ' ');
