import { workflow } from 'trimtab/workflow';
import type { groundedAnswer as definition } from './definition.ts';

export const groundedAnswer = workflow<typeof definition>(async ({ question }, { facts, answer }) => {
  const found = await facts({ question });
  return answer({ question, found });
});
