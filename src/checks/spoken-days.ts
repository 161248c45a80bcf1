import { monthOf, monthWord, weekdayOf, weekdayWord } from './dates.ts';
import { factsIn } from './facts.ts';

const dayMs = 86_400_000;
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);
const timeOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
/** Days over the end of a month run into the next: `day` 0 is the last of the month before. */
const at = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day);

interface Said {
  text: string;
  today: number;
  year: number;
  month: number;
  /** 0 is Monday, as in `weekdayOf`. */
  weekday: number;
}

const words: Readonly<Record<string, number>> = { a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, ten: 10 };

/** The next such day from today on, then the one before it: `3 March` is the coming one, unless it is told of. */
function dated({ text, today, year }: Said): number[] {
  return factsIn(text)
    .filter(({ kind }) => kind === 'date')
    .flatMap(({ keys }) => keys.map((key) => key.split('-').map(Number)))
    .flatMap(([a = 0, b = 0, c]) => {
      if (c !== undefined) return [at(a, b, c)];
      // A month of a year: no day.
      if (a > 12) return [];
      const near = [year, year + 1].map((one) => at(one, a, b));
      return near.toSorted((one, two) => Number(one < today) - Number(two < today) || one - two);
    });
}

/** `the 21st`, of this month or the next. */
const numbered = ({ text, today, year, month }: Said): number[] =>
  [...text.matchAll(new RegExp(String.raw`\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?(?:${monthWord}))`, 'gi'))].flatMap(([, day]) =>
    [month, month + 1, month + 2].map((one) => at(year, one, Number(day))).filter((time) => time >= today),
  );

/** `Friday` is the coming one, `next Friday` that of next week or, as some mean it, the coming one. */
const weekdays = ({ text, today, weekday }: Said): number[] =>
  [...text.matchAll(new RegExp(String.raw`\b(next |this |coming )?(${weekdayWord})\b`, 'gi'))].flatMap(([, which = '', name = '']) => {
    const wanted = weekdayOf(name);
    const coming = today + (((wanted - weekday + 6) % 7) + 1) * dayMs;
    const nextWeek = today + (wanted - weekday + 7) * dayMs;
    return /next/i.test(which) ? [nextWeek, coming] : [coming];
  });

function counted({ text, today, year, month }: Said): number[] {
  const near = [...text.matchAll(/\b(today|(?:the )?day after tomorrow|tomorrow)\b/gi)].map(
    ([, word = '']) => today + (/after/i.test(word) ? 2 : /tomorrow/i.test(word) ? 1 : 0) * dayMs,
  );
  const spans = [...text.matchAll(/\b(?:in|within) (a|an|one|two|three|four|five|six|ten|\d{1,3}) (day|week|month)s?\b/gi)];
  return [
    ...near,
    ...spans.map(([, count = '', unit = '']) => {
      const n = words[count.toLowerCase()] ?? Number(count);
      if (/month/i.test(unit)) return at(year, month + n, new Date(today).getUTCDate());
      return today + n * (/week/i.test(unit) ? 7 : 1) * dayMs;
    }),
  ];
}

/** `end of the month`, `end of March`, `end of Q3`, `end of the quarter`, `end of next week`, `end of the year`. */
function ends({ text, today, year, month, weekday }: Said): number[] {
  const pattern = new RegExp(
    String.raw`\bend of (?:the |this )?(next |current )?(week|month|quarter|year|q[1-4]|${monthWord})\b(?:,? (\d{4}))?`,
    'gi',
  );
  return [...text.matchAll(pattern)].map(([, which = '', what = '', named]) => {
    const next = /next/i.test(which) ? 1 : 0;
    if (/^week/i.test(what)) return today + (4 - weekday + 7 * next) * dayMs;
    if (/^month/i.test(what)) return at(year, month + 1 + next, 0);
    if (/^year/i.test(what)) return at(year + next, 12, 31);
    if (/^quarter/i.test(what)) return at(year, (Math.ceil(month / 3) + next) * 3 + 1, 0);
    const last = /^q[1-4]$/i.test(what) ? Number(what[1]) * 3 : monthOf(what);
    return at(named === undefined ? year + (last < month ? 1 : 0) : Number(named), last + 1, 0);
  });
}

/**
 * The days that a text may mean which was said on the day `today` (ISO 8601), the likeliest reading of each place first:
 * `14 March`, `2026-03-14`, `the 21st`, `next Friday`, `tomorrow`, `in two weeks`, `end of Q2`. English, and dates in German.
 */
export function daysIn(text: string, today: string): string[] {
  const time = timeOf(today);
  if (Number.isNaN(time)) return [];
  const date = new Date(time);
  const said = { text, today: time, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, weekday: (date.getUTCDay() + 6) % 7 };
  return [...new Set([dated, numbered, ends, counted, weekdays].flatMap((rule) => rule(said)).map(iso))];
}
