import { workflow } from 'trimtab/workflow';
import type { long as definition } from './definition.ts';

const drafts = 20;

export const long = workflow<typeof definition>(async ({ question }, { draft }) => {
  let reply = { text: '' };
  // None of these numbers is sent back.
  for (let n = 0; n < drafts; n += 1) reply = await draft({ question: `${question}, part ${n}1` });
  return reply;
});
