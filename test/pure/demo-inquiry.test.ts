import { expect, it } from 'vitest';
import { answerQuestions } from '../../runtime/demo/model/inquiry.ts';
import { readPrompt } from '../../runtime/demo/model/read-prompt.ts';
import { factoredClaims } from '../../src/critics/factored-claims.ts';
import { parsePrompt, renderPrompt } from '../../src/prompts/prompt.ts';

const { name, template = '', inquiry } = factoredClaims();
const prompt = parsePrompt(name, template);
const texts = [
  'Delivery to Spain costs €14.95 and takes 4 to 6 business days. Opened beans cannot be returned.',
  'The Kite grinder weighs 3 kg & has a warranty of 5 years.',
];
const evidence = texts.map((text, n) => ({
  id: `p${n}`,
  source: 'knowledge',
  title: 'Page',
  text,
  at: '2026-01-01',
  trust: 'ours' as const,
}));

/** What the critic finds in a draft, where the demo model answers its questions. */
function found(text: string): string[] {
  const context = { input: {}, evidence };
  const shown = inquiry?.show({ text }, context);
  const answers = answerQuestions(readPrompt(renderPrompt(prompt, { input: {}, evidence, shown })));
  return (inquiry?.findings({ answers }, { text }, context) ?? []).map(({ reason }) => reason);
}

it.each([
  ['Delivery to Spain costs €14.95 and takes 4 to 6 business days [1].', []],
  ['Delivery to Spain costs €19.95 [1].', ["asked without this answer, the passages give '€14.95' where it says '€19.95'"]],
  ['The Kite grinder has a warranty of 3 years [2].', ["asked without this answer, the passages give '5' where it says '3'"]],
  ['Opened beans cannot be returned [1].', []],
  ['Opened beans can be returned [1].', ['asked by itself, the passages do not say this']],
  ['Registered customers get a free cup of coffee [1].', [expect.stringContaining('the passages do not tell it')]],
])('the demo model answers from the passages alone: %s', (draft, reasons) => {
  expect(found(draft)).toEqual(reasons);
});
