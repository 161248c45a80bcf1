import {
  asTool,
  citesEverySource,
  defineChain,
  generate,
  human,
  Passage,
  reask,
  Reply,
  revise,
  source,
  tool,
  type ToolContext,
} from 'trimtab';
import { z } from 'zod';

const DraftInput = z.object({ question: z.string(), customer: z.string(), found: z.array(Passage) });
type DraftInput = z.infer<typeof DraftInput>;

const passage = (id: string, text: string): Passage => ({
  id,
  source: 'shelf',
  title: id,
  text,
  at: '2026-01-01T00:00:00Z',
  trust: 'untrusted',
});

/** Two passages on whatever is asked. */
const shelf = source<{ query: string }>({
  name: 'shelf',
  place: 'local',
  search: async ({ query }, { keep }) => [passage('p1', `About ${query}.`), passage('p2', `More on ${query}.`)].slice(0, keep),
});

const orderStatus = tool({
  name: 'order_status',
  description: 'Where an order of the customer is.',
  input: z.object({ id: z.string().regex(/^A-\d+$/) }),
  output: z.object({ id: z.string(), status: z.string(), of: z.string() }),
  effect: 'reads',
  place: 'local',
  do: async ({ id }, { input, services }: ToolContext<DraftInput>) => {
    if (id === 'A-500') throw new Error('connect to postgres://shop:hunter22@db failed');
    if (id === 'A-501') throw new Error(`the desk does not know ${services.secret('DESK_WORD')}`);
    if (id === 'A-9') return { id } as never;
    // Where the desk is, it can count how often it was looked at.
    const desk = services.endpoint('desk');
    if (desk) await fetch(desk, { method: 'POST', body: 'look', headers: { 'idempotency-key': `look ${id}` } });
    return { id, status: 'sent', of: input.customer };
  },
});

const hang = tool({
  name: 'hang',
  description: 'Never answers.',
  input: z.object({}),
  effect: 'reads',
  timeout: '1 s',
  do: () => new Promise<never>(() => undefined),
});

const dump = tool({
  name: 'dump',
  description: 'Gives much.',
  input: z.object({ kind: z.enum(['text', 'passages']) }),
  effect: 'reads',
  place: 'local',
  do: async ({ kind }): Promise<unknown> =>
    kind === 'text' ? 'x'.repeat(100_000) : Array.from({ length: 50 }, (_, n) => passage(`d${n}`, 'y'.repeat(1_000))),
});

const refund = tool({
  name: 'refund',
  description: 'Give money back.',
  input: z.object({ order: z.string(), usd: z.number().positive().max(100) }),
  effect: 'writes',
  async do({ order, usd }, { key, signal, services }) {
    const response = await fetch(services.endpoint('desk') ?? '', {
      method: 'POST',
      body: JSON.stringify({ order, usd }),
      headers: { 'idempotency-key': key },
      signal,
    });
    if (!response.ok) throw new Error(`the desk answered ${response.status}`);
    return { refunded: usd };
  },
});

/** A model with tools of every kind. */
export const orders = defineChain({
  input: z.strictObject({ question: z.string().min(1), customer: z.string() }),
  output: Reply,
  budget: { usd: 1, attempts: 20, within: '1 hour' },
  steps: {
    draft: generate({
      input: DraftInput,
      output: Reply,
      prompt: 'draft',
      tools: [orderStatus, asTool(shelf, { description: 'Search the handbook.', usd: 0.002 }), hang, dump, refund],
      turns: 4,
      checks: [citesEverySource()],
      ladder: [reask(1), revise(1), human('support')],
    }),
  },
});
