import { workflow } from 'trimtab/workflow';
import type { researchAnswer as definition } from './definition.ts';

export const researchAnswer = workflow<typeof definition>(async ({ question }, { sources, answer }) => {
  const found = await sources({ question });
  return answer({ question, found });
});
