import { fileURLToPath } from 'node:url';
import { critic, defineChain, fail, generate, Reply, revise } from 'trimtab';
import { runChain, type Said } from 'trimtab/testing';
import { workflow } from 'trimtab/workflow';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../projects/tickets', import.meta.url));
const input = z.object({ question: z.string() });

/** One draft, two critics: `draft` and `grounded` are prompts of the test project. */
const chainWith = (budget: { usd: number } | { tokens: number }) =>
  defineChain({
    input,
    output: Reply,
    budget: { ...budget, attempts: 6, within: '1 hour' },
    steps: {
      draft: generate({
        input: z.object({ question: z.string(), found: z.array(z.never()) }),
        output: Reply,
        prompt: 'draft',
        critics: [critic({ name: 'grounded' }), critic({ name: 'second', prompt: 'grounded', model: 'second' })],
        ladder: [revise(2), fail()],
      }),
    },
  });
const chain = chainWith({ usd: 1 });
const body = workflow<typeof chain>(async ({ question }, { draft }) => draft({ question, found: [] }));

const draft = (text: string): Said => ({ output: { text } });
const verdict = (kind: string): Said => ({
  output: { verdict: kind, reason: kind === 'pass' ? '' : 'no', at: null, blames: null, missing: null },
});
const rows = (calls: readonly { attempt: number; call: string; outcome: string }[]) =>
  calls.map(({ attempt, call, outcome }) => `${attempt} ${call} ${outcome}`);

describe('the critics of a draft look at it in the breath that made it', () => {
  it('each in a row of its own, in their order', async () => {
    const result = await runChain(chain, body, {
      folder,
      input: { question: 'q' },
      models: { writer: [draft('good')], judge: [verdict('pass')], second: [verdict('pass')] },
    });
    expect(result.status).toBe('succeeded');
    expect(rows(result.calls)).toEqual(['1 draft pass', '1 critic/grounded/1 pass', '1 critic/second/1 pass']);
  });

  it('the second is not asked about what the first did not pass', async () => {
    const result = await runChain(chain, body, {
      folder,
      input: { question: 'q' },
      models: { writer: [draft('bad'), draft('good')], judge: [verdict('fail'), verdict('pass')], second: [verdict('pass')] },
    });
    expect(rows(result.calls)).toEqual([
      '1 draft pass',
      '1 critic/grounded/1 fail',
      '2 draft pass',
      '2 critic/grounded/1 pass',
      '2 critic/second/1 pass',
    ]);
  });

  it("trouble of a critic's provider costs neither the draft nor what another critic said", async () => {
    const result = await runChain(chain, body, {
      folder,
      input: { question: 'q' },
      models: {
        writer: [draft('good')],
        judge: [verdict('pass')],
        second: [{ nothing: 'rate_limited' }, { nothing: 'overloaded' }, verdict('pass')],
      },
    });
    expect(result.status).toBe('succeeded');
    expect(rows(result.calls)).toEqual([
      '1 draft pass',
      '1 critic/grounded/1 pass',
      '1 critic/second/1 rate_limited',
      '1 critic/second/2 overloaded',
      '1 critic/second/3 pass',
    ]);
  });

  it('a critic that talks nonsense has passed nothing', async () => {
    const result = await runChain(chain, body, {
      folder,
      input: { question: 'q' },
      models: { writer: [draft('good')], judge: [{ text: 'looks fine to me' }], second: [verdict('pass')] },
    });
    expect(result.status).toBe('failed');
    expect(result.calls.some(({ call }) => call.startsWith('critic/second'))).toBe(false);
  });
});

describe('what a breath may cost is reserved before it', () => {
  it('a budget that has room for the draft alone leaves the judging to the loop, which has none: nothing is accepted', async () => {
    // A draft may take 200 tokens of answer and some 40 of prompt; a critic 100 and the draft's 200 in its prompt.
    const tight = chainWith({ tokens: 300 });
    const result = await runChain(tight, body, {
      folder,
      input: { question: 'q' },
      models: { writer: [draft('good')], judge: [verdict('pass')], second: [verdict('pass')] },
    });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
    expect(rows(result.calls)).toEqual(['1 draft pass']);
  });
});
