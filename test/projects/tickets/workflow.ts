import { workflow } from 'trimtab/workflow';
import type { tickets as definition } from './definition.ts';

export const tickets = workflow<typeof definition>(async ({ question }, { facts, draft, approve, send }) => {
  const found = await facts({ question });
  const reply = await draft({ question, found });
  const final = await approve(reply);
  return send({ text: final.text });
});
