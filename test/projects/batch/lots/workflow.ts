import { workflow } from 'trimtab/workflow';
import type { lots as definition } from './definition.ts';

export const lots = workflow<typeof definition>(async ({ question }, { draft, approve }, { now, random }) => {
  const lot = `${now()} ${random()} ${random()}`;
  await draft({ question: `${question} ${lot}`, found: [] });
  return approve({ text: lot });
});
