import { workflow } from 'trimtab/workflow';
import type { searches as definition } from './definition.ts';

export const searches = workflow<typeof definition>(async ({ questions }, { web }) => {
  const found: number[] = [];
  for (const question of questions) found.push((await web({ question })).length);
  return { found };
});
