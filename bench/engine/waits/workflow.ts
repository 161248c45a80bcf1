import { workflow } from 'trimtab/workflow';
import type { waits as definition } from './definition.ts';

export const waits = workflow<typeof definition>(async ({ question }, { facts, draft, approve }) => {
  const found = await facts({ question });
  return approve(await draft({ question, found }));
});
