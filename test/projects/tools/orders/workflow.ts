import { workflow } from 'trimtab/workflow';
import type { orders as definition } from './definition.ts';

export const orders = workflow<typeof definition>(async ({ question, customer }, { draft }) =>
  draft({
    question,
    customer,
    found: [{ id: 'f1', source: 'faq', title: 'FAQ', text: 'Orders ship in two days.', at: '2026-01-01T00:00:00Z', trust: 'ours' }],
  }),
);
