import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { relevantEvidence } from '../../src/checks/relevant-evidence.ts';
import { factoredClaims } from '../../src/critics/factored-claims.ts';
import { generate } from '../../src/define/step.ts';
import { chainPrompts } from '../../src/prompts/prompt.ts';

const passage = (title: string, text: string) => ({
  id: title,
  source: 'knowledge',
  title,
  text,
  at: '2026-01-01',
  trust: 'ours' as const,
});
const judged = async (question: string, ...passages: ReturnType<typeof passage>[]) =>
  (await relevantEvidence().run(passages, { input: { question }, evidence: passages }))[0];

it('grades what was found by the words of the question', async () => {
  const returns = passage('Returns', 'A grinder can be returned within 30 days of delivery.');
  expect(await judged('Until when can I return a grinder?', returns)).toMatchObject({ verdict: 'pass' });
  expect(await judged('Is the delivery of a grinder safe with descaler?', returns)).toMatchObject({
    verdict: 'unsure',
    missing: 'safe descaler',
  });
  expect(await judged('Does the descaler harm the seals?', returns)).toMatchObject({
    verdict: 'fail',
    missing: 'descaler harm seals',
    score: 0,
  });
  expect(await judged('Does the descaler harm the seals?')).toMatchObject({ verdict: 'fail' });
  expect(await judged('How is it?', returns)).toMatchObject({ verdict: 'pass' });
});

it('a prompt that comes with a critic or a step gives way to a file of its name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trimtab-templates-'));
  try {
    const step = generate({
      input: z.object({}),
      output: z.string(),
      prompt: 'draft',
      template: 'as it came',
      critics: [factoredClaims()],
    });
    const before = await chainPrompts(join(folder, 'prompts'), { steps: { step } });
    expect([...before.keys()]).toEqual(['draft', 'factored-claims']);
    await mkdir(join(folder, 'prompts'));
    await writeFile(join(folder, 'prompts/factored-claims.liquid'), 'my own {{ shown }}');
    const after = await chainPrompts(join(folder, 'prompts'), { steps: { step } });
    expect([after.get('draft')?.body, after.get('factored-claims')?.body]).toEqual(['as it came', 'my own {{ shown }}']);
    expect(after.get('factored-claims')?.version).not.toBe(before.get('factored-claims')?.version);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
