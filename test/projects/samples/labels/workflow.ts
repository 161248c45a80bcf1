import { workflow } from 'trimtab/workflow';
import type { labels as definition } from './definition.ts';

export const labels = workflow<typeof definition>(async ({ question }, { label }) => label({ question }));
