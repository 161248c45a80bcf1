import { workflow } from 'trimtab/workflow';
import type { loopOff as definition } from './definition.ts';

export const loopOff = workflow<typeof definition>(async ({ question }, { facts, answer }) =>
  answer({ question, found: await facts({ question }) }),
);
