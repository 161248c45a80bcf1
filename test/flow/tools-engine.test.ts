import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { trace } from '../../cli/trace.ts';
import { startProviderServer, type ProviderCall, type Scripted } from '../../testing/provider-server.ts';
import { startDesk } from '../stack/desk.ts';
import { testEngine, until } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/tools/trimtab.config.ts', import.meta.url));
const answer: Scripted = { text: JSON.stringify({ text: 'Orders ship in two days [1].' }) };
/** What the model says in its n-th turn, by the question. */
const turns: Record<string, Scripted[]> = {
  reads: [
    {
      text: 'I look it up.',
      calls: [
        { name: 'order_status', arguments: { id: 'A-1' } },
        { name: 'shelf', arguments: { query: 'q' } },
      ],
    },
    answer,
  ],
  writes: [{ calls: [{ name: 'refund', arguments: { order: 'A-1', usd: 40 } }] }, answer],
  edits: [{ calls: [{ name: 'refund', arguments: { order: 'A-2', usd: 90 } }] }, answer],
  unsettled: [{ calls: [{ name: 'shelf', arguments: { query: 'mail' } }] }, { text: JSON.stringify({ text: 'It is lost [9].' }) }],
  refused: [{ calls: [{ name: 'refund', arguments: { order: 'A-3', usd: 10 } }] }, answer],
};
const says = ({ messages, talk }: ProviderCall): Scripted => {
  const question = /<question>(\w+)/.exec(messages.map(({ content }) => content).join('\n'))?.[1] ?? '';
  const told = new Set(talk.flatMap((part) => ('result' in part ? [part.result.replace(/_\d+$/, '')] : [])));
  return turns[question]?.[told.size] ?? answer;
};
const provider = await startProviderServer(says);
const desk = await startDesk();
const engine = await testEngine({
  configFile,
  env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
});
afterAll(() => provider.stop());

const start = async (question: string): Promise<string> =>
  (await engine.call('/v1/chains/orders/runs', { body: { input: { question, customer: 'c7' } } })).body.id;
const become = (id: string, status: string) =>
  until(async () => {
    const { body } = await engine.call(`/v1/runs/${id}`);
    return body.status === status && body;
  });
const attemptsOf = async (id: string) => (await engine.call(`/v1/runs/${id}/steps`)).body.data[0].attempts;
const refunds = (order: string) => [...desk.effects].filter(([, body]) => body.includes(order));

describe('a model with tools, on the real engine', () => {
  it('stands on the record turn by turn, with arguments, results, times and costs', async () => {
    const id = await start('reads');
    expect(await become(id, 'succeeded')).toMatchObject({ output: { text: 'Orders ship in two days [1].' } });
    const [attempt, ...more] = await attemptsOf(id);
    expect(more).toEqual([]);
    expect(attempt).toMatchObject({
      outcome: 'accepted',
      output: { text: 'Orders ship in two days [1].' },
      sent: { tools: expect.arrayContaining(['refund']) },
    });
    expect(attempt.calls.toSorted((a: { call: string }, b: { call: string }) => a.call.localeCompare(b.call))).toMatchObject([
      {
        call: 'tool/1/1/order_status/1',
        model: null,
        sent: { arguments: { id: 'A-1' } },
        output: { id: 'A-1', status: 'sent', of: 'c7' },
        outcome: 'answer',
        cost_usd: 0,
        latency_ms: expect.any(Number),
      },
      {
        call: 'tool/1/2/shelf/1',
        sent: { arguments: { query: 'q' } },
        output: [{ id: 'p1' }, { id: 'p2' }],
        outcome: 'answer',
        cost_usd: 0.002,
      },
      {
        call: 'turn/2/1',
        model: 'writer-1',
        outcome: 'answer',
        cost_usd: expect.any(Number),
        sent: { messages: [{ role: 'tool order_status', content: expect.stringContaining('"status":"sent"') }, { role: 'tool shelf' }] },
      },
    ]);
    const told = trace((await engine.call(`/v1/runs/${id}`)).body, (await engine.call(`/v1/runs/${id}/steps`)).body.data);
    // oxlint-disable-next-line no-control-regex
    expect(told.replace(/\x1b\[\d+m/g, '')).toMatch(/order_status \{"id":"A-1"\} → \{"id":"A-1","of":"c7","status":"sent"\} {2}\d+ ms/);
    // oxlint-disable-next-line no-control-regex
    expect(told.replace(/\x1b\[\d+m/g, '')).toMatch(/shelf \{"query":"q"\} → .* ms {2}\$0\.00200/);
    const { rows } = await sql<{ output: unknown; outcome: string; calls: string[] }>`
      select r.output, r.outcome from attempt_records r where r.run_id = ${id}`.execute(engine.db);
    expect(rows).toEqual([{ output: { text: 'Orders ship in two days [1].' }, outcome: 'accepted' }]);
  });

  it('asks a person before it writes: one review with tool and arguments, one effect', async () => {
    const id = await start('writes');
    const { review_id } = await become(id, 'waiting');
    const review = (await engine.call(`/v1/reviews/${review_id}`)).body;
    expect(review).toMatchObject({
      kind: 'tool',
      queue: 'support',
      step: 'draft',
      value: { order: 'A-1', usd: 40 },
      context: { tool: { name: 'refund' }, why: expect.stringContaining('refund') },
    });
    expect(refunds('A-1')).toEqual([]);
    await engine.call(`/v1/reviews/${review_id}/decision`, { body: { version: review.version, decision: 'approve' } });
    await become(id, 'succeeded');
    expect(refunds('A-1')).toEqual([[expect.stringMatching(new RegExp(`^${id}:draft:.*:refund:`)), '{"order":"A-1","usd":40}']]);
    const { rows } = await sql<{ decision: unknown }>`select decision from attempt_records where run_id = ${id}`.execute(engine.db);
    // It was a decision on a call, not on the answer.
    expect(rows).toEqual([{ decision: null }]);
  });

  it('shows a person what its tools found, behind what the prompt showed', async () => {
    const id = await start('unsettled');
    const { review_id } = await become(id, 'waiting');
    const review = (await engine.call(`/v1/reviews/${review_id}`)).body;
    expect(review).toMatchObject({ kind: 'human', value: { text: 'It is lost [9].' } });
    expect(review.context.passages.map(({ text }: { text: string }) => text)).toEqual([
      'Orders ship in two days.',
      'About mail.',
      'More on mail.',
    ]);
    await engine.call(`/v1/runs/${id}/cancel`, { method: 'POST' });
  });

  it('takes the arguments that a person gives instead, if they fit the tool', async () => {
    const id = await start('edits');
    const { review_id } = await become(id, 'waiting');
    const { version } = (await engine.call(`/v1/reviews/${review_id}`)).body;
    const decide = (usd: number) =>
      engine.call(`/v1/reviews/${review_id}/decision`, { body: { version, decision: 'edit', value: { order: 'A-2', usd } } });
    expect(await decide(1_000)).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer: '/value/usd' }] } });
    expect((await decide(5)).status).toBe(200);
    await become(id, 'succeeded');
    expect(refunds('A-2').map(([, body]) => body)).toEqual(['{"order":"A-2","usd":5}']);
  });

  it('tells the model what a person said instead of allowing it', async () => {
    const id = await start('refused');
    const { review_id } = await become(id, 'waiting');
    const { version } = (await engine.call(`/v1/reviews/${review_id}`)).body;
    await engine.call(`/v1/reviews/${review_id}/decision`, { body: { version, decision: 'reject', reason: 'no receipt' } });
    await become(id, 'succeeded');
    expect(refunds('A-3')).toEqual([]);
    const [attempt] = await attemptsOf(id);
    expect(attempt.calls).toMatchObject([
      { call: 'tool/1/1/refund/1', outcome: 'refused', error: 'a person did not allow this call and says: no receipt' },
      { call: 'turn/2/1', outcome: 'answer' },
    ]);
    expect(provider.calls.at(-1)?.talk.at(-1)).toMatchObject({ is_error: true, content: expect.stringContaining('no receipt') });
  });
});
