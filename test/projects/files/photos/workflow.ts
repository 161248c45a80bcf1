import { workflow } from 'trimtab/workflow';
import type { photos as definition } from './definition.ts';

export const photos = workflow<typeof definition>(async (input, { answer, approve }) => approve(await answer(input)));
