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
  reask,
  retrieve,
  review,
  revise,
  tool,
  type TrimtabError,
} from 'trimtab';

const text = z.object({ text: z.string() });
const source = tool({ name: 'shelf', search: async () => [] });
const budget = { attempts: 5, within: '1 hour' };
const facts = retrieve({ input: text, from: [source] });
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
