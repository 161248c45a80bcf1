import { workflow } from 'trimtab/workflow';
import type { long as definition } from './definition.ts';

/** How often the question says: `1000 turns 300 drafts 10 reviews`. */
const said = (question: string, what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(question)?.[1] ?? 0);
const every = (turns: number, times: number): number => (times === 0 ? Infinity : Math.max(1, Math.floor(turns / times)));

export const long = workflow<typeof definition>(async ({ question }, { facts, draft, approve }) => {
  const turns = said(question, 'turns');
  const drafts = every(turns, said(question, 'drafts'));
  const reviews = every(turns, said(question, 'reviews'));
  let decisions = 0;
  for (let turn = 1; turn <= turns; turn += 1) {
    const found = await facts({ question: `${question} ${turn}` });
    if (turn % drafts !== 0 && turn % reviews !== 0) continue;
    const reply = await draft({ question: `${question} ${turn}`, found });
    if (turn % reviews !== 0) continue;
    await approve(reply);
    decisions += 1;
  }
  return { turns, decisions };
});
