import { workflow } from 'trimtab/workflow';
import type { answers as definition } from './definition.ts';

export const answers = workflow<typeof definition>(async ({ question }, { draft }) => {
  const reply = await draft({ question, found: [] });
  if (question.startsWith('bug')) throw new TypeError('the body has a bug');
  return reply;
});
