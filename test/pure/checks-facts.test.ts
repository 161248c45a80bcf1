import { describe, expect, it } from 'vitest';
import { factsIn, sameFact } from '../../src/checks/facts.ts';
import { readings } from '../../src/checks/numbers.ts';

const one = (text: string) => {
  const facts = factsIn(text);
  if (facts.length !== 1 || !facts[0]) throw new Error(`${facts.length} facts in '${text}'`);
  return facts[0];
};

describe('facts of a text', () => {
  it.each([
    ['1,000.00', [1000]],
    ['1.000,00', [1000]],
    ['1 000', [1000]],
    ["1'000", [1000]],
    ['1,234,567', [1_234_567]],
    ['0.025', [0.025]],
    ['2,5', [2.5]],
    ['1.000', [1000, 1]],
    ['12', [12]],
  ])('reads %s', (text, values) => expect(readings(text)).toEqual(values));

  it.each([
    ['$1,000.00', 'USD 1000'],
    ['€22.50', '22,50 €'],
    ['1.149,00 €', '€1,149'],
    ['30 days', 'thirty days'],
    ['30 days', 'a 30-day period'],
    ['24 hours', '1 day'],
    ['2 weeks', '14 days'],
    ['3 %', '3 percent'],
    ['2.50%', '2.5 %'],
    ['3 business days', '3 working days'],
    ['3 business days', '3 Werktage'],
    ['30 Tagen', '30 days'],
    ['2024-05-03', 'May 3, 2024'],
    ['May 3, 2024', '03.05.2024'],
    ['3 May', 'May 3, 2024'],
    ['18. November 2026', '2026-11-18'],
    ['November 2025', '11/30/2025'],
    ['15:00', '3 pm'],
    ['3 p.m.', '15:00'],
    ['Monday', 'Montag'],
    ['+31 10 555 0134', '010 555 0134'],
    ['https://brindlecup.example/returns.', 'www.brindlecup.example/returns'],
    ['Help@x.example', 'help@x.example'],
    ['bc-20754', 'BC-20754'],
    ['fee of 20', '$20'],
    ['$1.5 million', '1,500,000 USD'],
    ['1.5 litres', '1500 ml'],
  ])('%s is %s', (a, b) => expect(sameFact(one(a), one(b))).toBe(true));

  it.each([
    ['30 days', '30 dollars'],
    ['30 days', '30 hours'],
    ['$30', '€30'],
    ['3 business days', '3 days'],
    ['30 days', '31 days'],
    ['3 %', '3 days'],
    ['2024-05-03', '2025-05-03'],
    ['May 3', 'June 3'],
    ['3 pm', '3 am'],
    ['Monday', 'Tuesday'],
    ['help@x.example', 'hilfe@x.example'],
    ['https://a.example/x', 'https://a.example/y'],
    ['BC-20754', 'BC-20745'],
    ['0.5%', '5%'],
    ['5 kg', '5 g'],
    ['2 cards', '2 accounts'],
  ])('%s is not %s', (a, b) => expect(sameFact(one(a), one(b))).toBe(false));

  it('gives both numbers of a span its unit', () => {
    expect(factsIn('5 to 8 business days').map(({ quantity }) => quantity?.unit)).toEqual(['business day', 'business day']);
    expect(factsIn('$10-$20').map(({ quantity }) => `${quantity?.unit} ${quantity?.values}`)).toEqual(['usd 10', 'usd 20']);
    expect(factsIn('10–20 %').map(({ kind }) => kind)).toEqual(['percentage', 'percentage']);
  });

  it('takes neither list numbers nor emphasis for facts', () => {
    expect(factsIn('1. Open the app\n2) Choose **Pay**\nStep 3: done')).toEqual([]);
    expect(one('Pay **$5** now').kind).toBe('amount');
  });

  it('knows a limit from its words', () => {
    expect(['at least 5 days', 'up to 5 days', '5 days'].map((text) => one(text).bound)).toEqual(['min', 'max', null]);
  });
});
