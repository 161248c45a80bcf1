import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  act,
  backtrack,
  best,
  check,
  critic,
  defineChain,
  fail,
  generate,
  human,
  model,
  reask,
  retrieve,
  review,
  revise,
  source,
  type TrimtabError,
} from 'trimtab';

const text = z.object({ text: z.string() });
const shelf = source({ name: 'shelf', search: async () => [] });
const budget = { attempts: 5, within: '1 hour' };
const facts = retrieve({ input: text, from: [shelf] });
const draft = (change: Partial<Parameters<typeof generate<{ text: string }, { text: string }>>[0]> = {}) =>
  generate({ input: text, output: text, prompt: 'p', ...change });

/** What is wrong, and words its message must have: the step's name first of all. */
const wrong: [string, () => unknown, string[]][] = [
  [
    'backtrack to a step that is not there',
    () => defineChain({ input: text, output: text, budget, steps: { facts, draft: draft({ ladder: [backtrack('fact'), fail()] }) } }),
    ["step 'draft'", "backtrack('fact')", 'facts'],
  ],
  [
    'backtrack to a later step',
    () => defineChain({ input: text, output: text, budget, steps: { draft: draft({ ladder: [backtrack('facts'), fail()] }), facts } }),
    ["step 'draft'", 'none'],
  ],
  [
    'a ladder without an end',
    () => defineChain({ input: text, output: text, budget, steps: { draft: draft({ ladder: [reask(1), revise(1)] }) } }),
    ["step 'draft'", 'no end'],
  ],
  [
    'a rung after the end',
    () => defineChain({ input: text, output: text, budget, steps: { draft: draft({ ladder: [best(), revise(1), fail()] }) } }),
    ["step 'draft'", 'best ends a ladder'],
  ],
  [
    'a cap of nothing',
    () => defineChain({ input: text, output: text, budget, steps: { draft: draft({ ladder: [revise(0), human('q')] }) } }),
    ["step 'draft'", 'cap of revise'],
  ],
  ['no budget', () => defineChain({ input: text, output: text, budget: undefined as never, steps: { draft: draft() } }), ['budget']],
  [
    'a span that is none',
    () => defineChain({ input: text, output: text, budget: { attempts: 1, within: 'soon' }, steps: { draft: draft() } }),
    ['budget within', "'soon'"],
  ],
  [
    'two checks of one name',
    () =>
      defineChain({
        input: text,
        output: text,
        budget,
        steps: { draft: draft({ checks: [check('a', () => [])], critics: [critic({ name: 'a' })] }) },
      }),
    ["step 'draft'", "'a'"],
  ],
  [
    'a review of nothing',
    () => defineChain({ input: text, output: text, budget, steps: { ok: review({ of: 'draft', value: text, queue: 'q' }) } }),
    ["step 'ok'", "'draft'"],
  ],
  [
    'no source',
    () => defineChain({ input: text, output: text, budget, steps: { facts: retrieve({ input: text, from: [] }) } }),
    ["step 'facts'", 'source'],
  ],
  [
    'a name that every object has',
    () =>
      defineChain({
        input: text,
        output: text,
        budget,
        steps: { constructor: act({ input: text, output: text, do: async (value) => value }) },
      }),
    ["step 'constructor'"],
  ],
  ...(
    [
      ['a step that is none', { draft: null }, ["step 'draft'", 'generate()']],
      ['a step without an output', { draft: draft({ output: undefined as never }) }, ["step 'draft'", 'output is no zod schema']],
      ['a step without a prompt', { draft: draft({ prompt: undefined as never }) }, ["step 'draft'", 'prompt']],
      ['a rung that was not called', { draft: draft({ ladder: [reask as never, fail()] }) }, ["step 'draft'", 'call it']],
      ['a check that was not called', { draft: draft({ checks: [check as never] }) }, ["step 'draft'", 'call it']],
      ['a critic that is a word', { draft: draft({ critics: ['grounded' as never] }) }, ["step 'draft'", 'critic({']],
      ['a person in no queue', { draft: draft({ ladder: [human('')] }) }, ["step 'draft'", 'queue of human()']],
      ['a model without a role', { draft: draft({ ladder: [model(undefined as never), fail()] }) }, ["step 'draft'", 'role of model()']],
      ['no time at all', { draft: draft({ timeout: '0 s' }) }, ["step 'draft' timeout", "'0 s'", 'from 1 millisecond']],
      ['more time than a timer has', { draft: draft({ timeout: '25 days' }) }, ["step 'draft'", '1 day']],
      ['undefined sources', { facts: retrieve({ input: text, from: undefined as never }) }, ["step 'facts'", 'source']],
      ['a source that is none', { facts: retrieve({ input: text, from: [source as never] }) }, ["step 'facts'", 'source()']],
      ['nothing to keep', { facts: retrieve({ input: text, from: [shelf], keep: 0 }) }, ["step 'facts'", 'keep']],
      [
        'a review without a queue',
        { draft: draft(), ok: review({ of: 'draft', value: text, queue: undefined as never }) },
        ["step 'ok'", 'queue'],
      ],
      [
        'fewer returns than none',
        { draft: draft(), ok: review({ of: 'draft', value: text, queue: 'q', returns: -1 }) },
        ["step 'ok'", 'returns'],
      ],
      ['an act that does nothing', { send: act({ input: text, output: text, do: undefined as never }) }, ["step 'send'", 'do:']],
    ] as [string, never, string[]][]
  ).map(([name, steps, words]): (typeof wrong)[number] => [name, () => defineChain({ input: text, output: text, budget, steps }), words]),
  ['no input', () => defineChain({ input: undefined as never, output: text, budget, steps: { draft: draft() } }), ['chain', 'input']],
  [
    'money below nothing',
    () => defineChain({ input: text, output: text, budget: { ...budget, usd: -1 }, steps: { draft: draft() } }),
    ['budget', 'usd'],
  ],
  [
    'half a token',
    () => defineChain({ input: text, output: text, budget: { ...budget, tokens: 0.5 }, steps: { draft: draft() } }),
    ['budget', 'tokens'],
  ],
  ['steps left out', () => defineChain({ input: text, output: text, budget, steps: undefined as never }), ['steps']],
  ['no steps', () => defineChain({ input: text, output: text, budget, steps: {} }), ['steps']],
];

describe('a definition is checked when it is made', () => {
  it.each(wrong)('%s', (_name, define, words) => {
    let caught: TrimtabError | null = null;
    try {
      define();
    } catch (error) {
      caught = error as TrimtabError;
    }
    expect(caught?.code).toBe('definition');
    for (const word of words) expect(caught?.message).toContain(word);
  });

  it('one that is right is frozen', () => {
    const chain = defineChain({
      input: text,
      output: text,
      budget,
      steps: { facts, draft: draft({ ladder: [backtrack('facts'), human('q')] }) },
    });
    expect(Object.isFrozen(chain)).toBe(true);
  });
});
