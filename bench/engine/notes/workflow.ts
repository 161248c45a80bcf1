import { workflow } from 'trimtab/workflow';
import type { notes as definition } from './definition.ts';

export const notes = workflow<typeof definition>(async ({ question }, { facts, draft, summary }) => {
  const found = await facts({ question });
  const { text } = await draft({ question, found });
  // Another number at its end: the summary is never sent back.
  return summary({ question: `${question}1`, text });
});
