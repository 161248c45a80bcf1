import { runChain } from 'trimtab/testing';
import { expect, it } from 'vitest';
import { groundedAnswer } from '../../chains/grounded-answer/definition.ts';
import { groundedAnswer as workflow } from '../../chains/grounded-answer/workflow.ts';

const folder = `${import.meta.dirname}/../../chains/grounded-answer`;
const shipping = { id: 'p1', source: 'knowledge', title: 'Shipping', text: 'Shipping costs €4.', at: '2026-01-01', trust: 'ours' as const };

it('heals a wrong amount before the judge sees it', async () => {
  const result = await runChain(groundedAnswer, workflow, {
    folder,
    input: { question: 'What does shipping cost?' },
    models: {
      // In turn; the last one again and again.
      writer: [{ output: { text: 'Shipping costs €5 [1].' } }, { output: { text: 'Shipping costs €4 [1].' } }],
      judge: [{ output: { verdict: 'pass', reason: 'as the passage says', at: null, blames: null, missing: null } }],
    },
    services: { knowledge: async () => [shipping] },
  });

  expect(result).toMatchObject({ status: 'succeeded', output: { text: 'Shipping costs €4 [1].' } });
  expect(result.calls.map(({ call, remedy, outcome }) => [call, remedy, outcome])).toEqual([
    ['draft', 'first', 'pass'],
    ['draft', 'first', 'fail'],
    ['draft', 'revise', 'pass'],
    ['critic/grounded/1', 'first', 'pass'],
  ]);
  expect(result.sent['writer']?.[1]?.at(-1)?.content).toContain('€5');
});
