import { workflow } from 'trimtab/workflow';
import type { pushy as definition } from './definition.ts';

export const pushy = workflow<typeof definition>(async ({ question }, { draft, tell }) => tell(await draft({ question, found: [] })));
