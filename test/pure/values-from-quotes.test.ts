import { describe, expect, it } from 'vitest';
import { daysIn } from '../../src/checks/spoken-days.ts';
import { valuesFromQuotes, type QuotedValue } from '../../src/checks/values-from-quotes.ts';

describe('the days that are meant', () => {
  // 2026-03-10 is a Tuesday.
  it.each([
    ['on 14 March', '2026-03-14'],
    ['on March 14th', '2026-03-14'],
    ['by 2026-05-01', '2026-05-01'],
    ['am 14.4.2026', '2026-04-14'],
    ['on 3 February', '2027-02-03'],
    ['until the 21st', '2026-03-21'],
    ['until the 5th', '2026-04-05'],
    ['on Friday', '2026-03-13'],
    ['on Tuesday', '2026-03-17'],
    ['next Friday', '2026-03-20'],
    ['tomorrow', '2026-03-11'],
    ['the day after tomorrow', '2026-03-12'],
    ['in two weeks', '2026-03-24'],
    ['in 3 days', '2026-03-13'],
    ['in a month', '2026-04-10'],
    ['by the end of the month', '2026-03-31'],
    ['end of next month', '2026-04-30'],
    ['end of February', '2027-02-28'],
    ['end of Q2', '2026-06-30'],
    ['end of the quarter', '2026-03-31'],
    ['end of this week', '2026-03-13'],
    ['by the end of the year', '2026-12-31'],
  ])('%s', (text, day) => {
    expect(daysIn(text, '2026-03-10')[0]).toBe(day);
  });

  it('both readings of "next Friday", both days of two, and none of none', () => {
    expect(daysIn('next Friday', '2026-03-10')).toEqual(['2026-03-20', '2026-03-13']);
    expect(daysIn('the 14th, sorry, the 21st', '2026-03-10')).toEqual(expect.arrayContaining(['2026-03-14', '2026-03-21']));
    expect(daysIn('soon, about 12 of them', '2026-03-10')).toEqual([]);
    expect(daysIn('on Friday', 'no day')).toEqual([]);
  });
});

const transcript = `[00:12] Anna Berg: We can do 48,000 euros for 120 seats, signed by the 21st.
Tom Hill: “Great”, that’s a deal. Anna will send it to j.doe@acme.example or +49 30 1234567.
Anna Lind: I am the head of procurement
  since May.`;
const judged = async (...values: QuotedValue[]) => {
  const rule = valuesFromQuotes<QuotedValue[]>({ values: (output) => output, source: () => transcript, today: () => '2026-03-10' });
  const verdicts = await rule.run(values, { input: {}, evidence: [] });
  return verdicts.filter(({ verdict }) => verdict === 'fail').map(({ reason, at }) => [at?.pointer, reason]);
};
const first = 'We can do 48,000 euros for 120 seats, signed by the 21st.';
const second = 'Anna will send it to j.doe@acme.example or +49 30 1234567.';
const people = ['Anna Berg', 'Anna Lind', 'Tom Hill'];

describe('a value and the words that support it', () => {
  it('follows from them in every kind that a rule can know', async () => {
    expect(
      await judged(
        { at: '/0', quote: first, kind: 'amount', value: 48_000, currency: 'EUR' },
        { at: '/1', quote: first, kind: 'number', value: 120 },
        { at: '/2', quote: first, kind: 'date', value: '2026-03-21' },
        { at: '/3', quote: second, kind: 'e-mail', value: 'J.Doe@acme.example' },
        { at: '/4', quote: second, kind: 'phone', value: '+49 (30) 123 45 67' },
        { at: '/5', quote: `"Great", that's a deal.`, kind: 'name', value: 'Tom Hill', among: people },
        { at: '/6', quote: first, kind: 'name', value: 'Anna Berg', among: people },
        { at: '/7', quote: 'I am the head of procurement since May.', kind: 'words', value: 'Head of procurement' },
      ),
    ).toEqual([]);
  });

  it.each<[QuotedValue, string]>([
    [{ at: '/a', quote: 'We can do 48,000 euro', kind: 'words', value: 'x' }, 'is not what its quote says'],
    [
      { at: '/a', quote: 'We could do 48,000 euros', kind: 'amount', value: 48_000 },
      'does not stand in the source: copy it letter by letter',
    ],
    [{ at: '/a', quote: '', kind: 'amount', value: 48_000 }, 'does not stand in the source'],
    [{ at: '/a', quote: first, kind: 'amount', value: 58_000 }, 'the amount 58000 is not in its quote, which says 48,000'],
    [{ at: '/a', quote: first, kind: 'amount', value: 120 }, 'the amount 120 is not in its quote'],
    [{ at: '/a', quote: first, kind: 'amount', value: 48_000, currency: 'USD' }, 'not USD'],
    [{ at: '/a', quote: first, kind: 'number', value: 48_000 }, 'the number 48000 is not in its quote, which says 120'],
    [{ at: '/a', quote: first, kind: 'date', value: '2026-03-14' }, 'does not say 2026-03-14; it may mean 2026-03-21'],
    [{ at: '/a', quote: second, kind: 'e-mail', value: 'doe@acme.example' }, 'the address doe@acme.example is not in its quote'],
    [{ at: '/a', quote: second, kind: 'phone', value: '+49 30 7654321' }, 'is not in its quote'],
    [{ at: '/a', quote: second, kind: 'name', value: 'Maria Frei', among: people }, "does not speak of 'Maria Frei'"],
    [{ at: '/a', quote: second, kind: 'name', value: 'Anna Berg', among: people }, "'Anna' in its quote may be Anna Berg or Anna Lind"],
    [{ at: '/a', quote: first, kind: 'words', value: 'Ninety licences' }, 'is not what its quote says'],
  ])('%j does not', async (value, words) => {
    expect(await judged(value)).toEqual([['/a', expect.stringContaining(words)]]);
  });

  it('is complained about once for a quote that is nowhere', async () => {
    const quote = 'nobody said this';
    expect(await judged({ at: '/0', quote, kind: 'words', value: 'this' }, { at: '/1', quote, kind: 'number', value: 1 })).toHaveLength(1);
  });
});
