import { workflow } from 'trimtab/workflow';
import type { odd as definition } from './definition.ts';

/** What the types forbid, as JavaScript does it. */
const unfit = (value: unknown) => value as never;

export const odd = workflow<typeof definition>(async ({ question }, { facts, draft }) => {
  const found = await facts({ question });
  const tone = question === 'no tone' ? {} : { tone: 'calm' };
  const reply = await draft({ question: question === 'vast' ? 'x'.repeat(9 * 1024 * 1024) : question, found, ...tone });
  if (question === 'throws') throw new Error('the reply has no greeting');
  if (question === 'unfit step') return draft({ question: unfit(7), found, ...tone });
  if (question === 'unfit output') return unfit({ text: 7 });
  return reply;
});
