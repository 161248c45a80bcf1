import { expect, it } from 'vitest';
import { factoredClaims } from '../../src/critics/factored-claims.ts';

interface Shown {
  n: number;
  kind: string;
  text: string;
}
const { inquiry } = factoredClaims();
const context = { input: {}, evidence: [] };
const shown = (text: string) => (inquiry?.show({ text }, context) ?? []) as Shown[];
const found = (text: string, ...answers: string[]) =>
  (inquiry?.findings({ answers: answers.map((answer, index) => ({ n: index + 1, answer, passage: null })) }, { text }, context) ?? []).map(
    ({ reason }) => reason,
  );

it('draws one claim from each figure and each plain statement, and none from courtesy', () => {
  const text = 'Hello,\n\nDelivery costs €6.95 and takes 2 to 3 days [1].\n\n- **Beans** cannot be returned [2].\n\nI hope this helps.';
  expect(shown(text).map((claim) => claim.text)).toEqual([
    'Delivery costs ____ and takes 2 to 3 days.',
    'Delivery costs €6.95 and takes ____ to 3 days.',
    'Delivery costs €6.95 and takes 2 to ____ days.',
    'Beans cannot be returned.',
  ]);
  expect(shown('I cannot answer that from the documents.')).toEqual([]);
  expect(inquiry?.show({ text: 'Hello!' }, context)).toBeNull();
});

it('asks about so many claims of a draft as it is told', () => {
  const text = Array.from({ length: 30 }, (_, n) => `Machine number ${n + 100} costs €${n + 200} [1].`).join(' ');
  expect(shown(text)).toHaveLength(20);
  expect(factoredClaims({ most: 3 }).inquiry?.show({ text }, context)).toHaveLength(3);
});

it.each([
  ['It costs €6.95 [1].', '€6.95', true],
  ['It costs €6.95 [1].', '6.95 EUR', true],
  ['It costs €6.95 [1].', '6.95', true],
  ['It costs €6.95 [1].', '$6.95', false],
  ['It takes 3 business days [1].', '3', true],
  ['It takes 3 business days [1].', 'three business days', true],
  ['It takes 3 business days [1].', '3 days', false],
  ['It opened on 3 May 2024 [1].', '2024-05-03', true],
  ['It opened on 3 May 2024 [1].', '4 May 2024', false],
  ['Write to help@shop.example [1].', 'help@shop.example', true],
  ['It was repaired by us [1].', 'yes', true],
  ['It was repaired by us [1].', 'Yes, by us.', true],
  ['It was repaired by us [1].', 'no', false],
  ['It was repaired by us [1].', 'not told', false],
  ['It costs €6.95 [1].', 'not told', false],
  ['It costs €6.95 [1].', '', false],
])('%s, asked by itself and answered %j', (text, answer, passes) => {
  expect(found(text, answer)).toHaveLength(passes ? 0 : 1);
});

it('passes no claim that nobody answered', () => {
  expect(found('It costs €6.95 [1]. It takes 3 days [1].', '€6.95')).toEqual([expect.stringContaining('nobody answered')]);
});
