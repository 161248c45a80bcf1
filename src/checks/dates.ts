const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const others: Readonly<Record<string, number>> = { mär: 3, mrz: 3, mai: 5, okt: 10, dez: 12 };
export const monthWord =
  'jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?';

export function monthOf(text: string): number {
  const head = text.toLowerCase().slice(0, 3);
  return others[head] ?? months.indexOf(head) + 1;
}

/** `11-30` and, where the year is known, `2025-11-30`. */
export function dateKeys(month: number, day: number, year?: string): string[] {
  if (month < 1 || month > 12 || day < 1 || day > 31) return [];
  const short = `${month}-${day}`;
  return year === undefined ? [short] : [`${year}-${short}`];
}

const weekdays: readonly RegExp[] = [
  /^(?:mondays?|montags?)$/i,
  /^(?:tuesdays?|dienstags?)$/i,
  /^(?:wednesdays?|mittwochs?)$/i,
  /^(?:thursdays?|donnerstags?)$/i,
  /^(?:fridays?|freitags?)$/i,
  /^(?:saturdays?|samstags?)$/i,
  /^(?:sundays?|sonntags?)$/i,
];
export const weekdayWord = '(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?';
export const weekdayOf = (text: string): number => weekdays.findIndex((pattern) => pattern.test(text));

/** Minutes after midnight: `3 pm`, `3:30 p.m.`, `15:00`. Null: no time of a day. */
export function clock(hour: string, minute: string | undefined, half: string | undefined): number | null {
  const hours = (Number(hour) % (half ? 12 : 24)) + (half?.toLowerCase().startsWith('p') ? 12 : 0);
  return Number(hour) > 24 || Number(minute ?? 0) > 59 ? null : hours * 60 + Number(minute ?? 0);
}
