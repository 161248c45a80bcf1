import { expect, it } from 'vitest';
import { sourcesAgree } from '../../src/checks/sources-agree.ts';

const passages = (...texts: string[]) =>
  texts.map((text, n) => ({ id: `p${n + 1}`, source: 'web', title: 'A page', text, at: '2026-01-01', trust: 'untrusted' as const }));
const said = async (text: string, ...texts: string[]) => {
  const verdicts = await sourcesAgree({ blames: 'sources' }).run({ text }, { input: {}, evidence: passages(...texts) });
  return verdicts.filter(({ verdict }) => verdict === 'fail');
};

it.each([
  [
    'The lighthouse of Harrow is 41 metres tall [1].',
    'The lighthouse of Harrow is 41 metres tall.',
    'The lighthouse of Harrow is 47 metres tall.',
  ],
  [
    'The bridge of Marren was opened on 3 June 1874 [1].',
    'The bridge of Marren was opened on 3 June 1874.',
    'On 14 May 1878 the bridge of Marren was opened.',
  ],
  ['The canal was opened in 1825 [2].', 'The canal was opened in 1826 after long works.', 'The canal was opened in 1825.'],
  ['Delivery to Spain costs €14.95 [1].', 'Delivery to Spain costs €14.95.', 'Delivery to Spain costs €16.'],
])('%s is not said where another passage says otherwise', async (reply, ...texts) => {
  const [verdict, ...more] = await said(reply, ...texts);
  expect(more).toEqual([]);
  expect(verdict).toMatchObject({
    critic: 'sources-agree',
    reason: expect.stringMatching(/^the sources disagree: passage \[[12]\] says '.+' where this says '.+': ".+"$/),
    at: { quote: reply },
    blames: { step: 'sources' },
  });
});

it.each([
  [
    'the same in another form',
    'It is 1.5 km long, the tunnel of Tave [1].',
    'The tunnel of Tave is 1.5 km long.',
    'The tunnel of Tave is 1,500 metres long.',
  ],
  ['another thing', 'Delivery to Spain costs €14.95 [1].', 'Delivery to Spain costs €14.95.', 'Delivery to Norway costs €24.'],
  [
    'a figure of another kind',
    'The tunnel of Tave is 3 km long [1].',
    'The tunnel of Tave is 3 km long.',
    'The long tunnel of Tave costs €4.',
  ],
  [
    'what has the figure, too',
    'The tunnel of Tave was dug from 1870 to 1874 [1].',
    'The tunnel of Tave was dug from 1870 to 1874.',
    'The tunnel of Tave was dug until 1874.',
  ],
  [
    'a figure that its own source does not have',
    'The lighthouse of Harrow is 51 metres tall [1].',
    'The lighthouse of Harrow is 41 metres tall.',
    'The lighthouse of Harrow is 41 metres tall, they say.',
  ],
  ['words without a figure', 'The tunnel of Tave is long [1].', 'The tunnel of Tave is long.', 'The tunnel of Tave is 3 km long.'],
  ['a sentence that cites nothing', 'The tunnel of Tave is 3 km long.', 'The tunnel of Tave is 4 km long.'],
  ['an honest silence', 'I cannot answer that from the documents.', 'The tunnel of Tave is 4 km long.'],
])('%s is no contradiction', async (_name, reply, ...texts) => {
  expect(await said(reply, ...texts)).toEqual([]);
});
