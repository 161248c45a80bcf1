import { workflow } from 'trimtab/workflow';
import type { looked as definition } from './definition.ts';

export const looked = workflow<typeof definition>(async ({ question }, { draft }) => draft({ question, found: [] }));
