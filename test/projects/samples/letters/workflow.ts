import { workflow } from 'trimtab/workflow';
import type { letters as definition } from './definition.ts';

export const letters = workflow<typeof definition>(async ({ question }, { letter }) => letter({ question }));
