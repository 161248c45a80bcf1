import { describe, expect, it } from 'vitest';
import { asTool, best, critic, defineChain, fail, generate, source, tool, vote, type ToolContext } from 'trimtab';
import { z } from 'zod';
import { isQuick } from '../../activities/in-place/quick.ts';
import { resolvePlan } from '../../activities/plan.ts';
import type { AnyTool } from '../../src/define/tool.ts';
import { testModel } from '../../testing/plans.ts';

const text = z.object({ text: z.string() });
const look = tool({
  name: 'look',
  description: 'Look it up.',
  input: z.object({ id: z.string() }),
  effect: 'reads',
  do: async ({ id }) => ({ id }),
});
const shelf = source<{ query: string }>({ name: 'our.shelf', place: 'local', search: async () => [] });
const stepWith = (tools: readonly unknown[], more: object = {}) =>
  generate({ input: text, output: text, prompt: 'p', ladder: [fail()], tools: tools as AnyTool[], ...more });
const chainWith = (...of: Parameters<typeof stepWith>) =>
  defineChain({ input: text, output: text, budget: { attempts: 5, within: '1 hour' }, steps: { draft: stepWith(...of) } });

const wrong: [string, Parameters<typeof stepWith>, RegExp][] = [
  ['a source that is not made a tool', [[shelf]], /asTool\(\)/],
  ['two of one name', [[look, look]], /two tools are called 'look'/],
  ['a name that no provider takes', [[{ ...look, name: 'look up' }]], /tool 'look up'.*letters, digits and _/],
  ['no description', [[{ ...look, description: ' ' }]], /description/],
  ['arguments that are no object', [[{ ...look, input: z.string() }]], /input is no object schema/],
  ['an effect of its own', [[{ ...look, effect: 'deletes' }]], /'reads' or 'writes'/],
  ['nothing to do', [[{ ...look, do: undefined }]], /do:/],
  ['a timeout that is none', [[{ ...look, timeout: 'soon' }]], /'soon' is no span of time/],
  ['a price that is none', [[{ ...look, usd: -1 }]], /usd is an amount from 0/],
  ['one turn', [[look], { turns: 1 }], /turns must be a whole number from 2 to 30/],
  ['turns without end', [[look], { turns: Infinity }], /turns/],
  ['a vote beside tools', [[look], { sample: vote({ samples: 3, margin: 2 }) }], /use one or the other/],
  ['a rung that draws beside tools', [[look], { ladder: [best({ of: 2, judge: critic({ name: 'j' }) }), fail()] }], /use one or the other/],
];

describe('tools are checked when the chain is defined', () => {
  it.each(wrong)('%s', (_, step, message) => {
    expect(() => chainWith(...step)).toThrow(message);
    expect(() => chainWith(...step)).toThrow(/step 'draft'/);
  });

  it('a tool of another step’s input is a compile error, as are arguments that the tool does not have', () => {
    const own = tool({
      name: 'own',
      description: 'd',
      input: z.object({}),
      effect: 'reads',
      do: async (_, { input }: ToolContext<{ text: string }>) => input.text,
    });
    const other = tool({
      name: 'other',
      description: 'd',
      input: z.object({}),
      effect: 'reads',
      do: async (_, { input }: ToolContext<{ ticket: string }>) => input.ticket,
    });
    generate({ input: text, output: text, prompt: 'p', tools: [own] });
    // @ts-expect-error the step has no ticket
    generate({ input: text, output: text, prompt: 'p', tools: [other] });
    // @ts-expect-error there is no `name` among the arguments
    tool({ name: 'odd', description: 'd', input: z.object({ id: z.string() }), effect: 'reads', do: async ({ name }) => name });
    expect(own.timeout).toBe('30 s');
  });
});

describe('a source as a tool', () => {
  const context = { key: 'k', run_id: 'r', step: 's', signal: new AbortController().signal, services: {} as never };

  it('reads where the source does, under a name that a provider takes; the model writes the query', async () => {
    const made = asTool(shelf, { description: 'Search.' });
    expect(made).toMatchObject({ name: 'our_shelf', effect: 'reads', place: 'local' });
    expect(made.input.safeParse({ query: '' }).success).toBe(false);
  });

  it('is asked what the arguments and the input of the step make together', async () => {
    const asked: unknown[] = [];
    const orders = source<{ customer: string; id: string }>({
      name: 'orders',
      search: async (query, { keep }) => (asked.push([query, keep]), []),
    });
    const made = asTool(orders, {
      description: 'Orders.',
      keep: 2,
      input: z.object({ id: z.string() }),
      ask: ({ id }, input: { customer: string }) => ({ id, customer: input.customer }),
    });
    await made.do({ id: 'A-1' }, { ...context, input: { customer: 'c7' } });
    expect(asked).toEqual([[{ id: 'A-1', customer: 'c7' }, 2]]);
    expect(made.place).toBe('regular');
  });
});

describe('tools in the plan', () => {
  const local = testModel({ place: 'local' });
  const planOf = (tools: readonly unknown[]) => {
    const prompts = new Map([['p', { name: 'p', version: 'v', chars: 10 }]]) as never;
    return resolvePlan({ name: 'c', folder: '.', definition: chainWith(tools), prompts }, 'run_1', {
      build: 'b',
      modelFor: () => local,
      placeOf: () => 'local',
    });
  };

  it('are pinned by name, effect, place and time, and a plan without tools has no word of them', () => {
    expect(planOf([look]).steps['draft']).toMatchObject({
      tools: { turns: 6, list: [{ name: 'look', effect: 'reads', place: 'regular', timeout_ms: 30_000, chars: expect.any(Number) }] },
    });
    expect(planOf([{ ...look, usd: 0.01 }]).steps['draft']).toMatchObject({ tools: { list: [{ name: 'look', usd: 0.01 }] } });
    expect(planOf([]).steps['draft']).not.toHaveProperty('tools');
  });

  it('keep a step out of the place where quick ones are worked, unless they read from our own Postgres', () => {
    const writes = tool({ name: 'pay', description: 'd', input: z.object({}), effect: 'writes', place: 'local', do: async () => null });
    expect(isQuick(planOf([]), 'draft')).toBe(true);
    expect(isQuick(planOf([asTool(shelf, { description: 'd' })]), 'draft')).toBe(true);
    expect(isQuick(planOf([look]), 'draft')).toBe(false);
    expect(isQuick(planOf([writes]), 'draft')).toBe(false);
  });
});
