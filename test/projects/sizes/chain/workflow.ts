import { workflow } from 'trimtab/workflow';
import type { sizes as definition } from './definition.ts';

export const sizes = workflow<typeof definition>(async ({ question }, { draft, approve, send }) => {
  const reply = await draft({ question });
  const final = await approve(reply);
  return send({ text: final.text });
});
