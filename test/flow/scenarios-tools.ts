/** A model with tools: turns, calls, people for what writes, and lost workers in the middle. */
import { expect } from 'vitest';
import type { CallRequest } from '../../src/shapes/call.ts';
import { testCritic, testGenerate, testPlan, testTool } from '../../testing/plans.ts';
import { answer, calls, nothing, verdictOf } from '../../testing/results.ts';
import { approveAll, inTurn } from '../../testing/scripted-people.ts';
import { hands, outputOf, type Scenario, type Seen } from './scenario.ts';

const list = [testTool('look'), testTool('search', { place: 'regular' }), testTool('refund', { effect: 'writes', place: 'regular' })];
const planWith = (change: Partial<Parameters<typeof testGenerate>[0]> = {}) =>
  testPlan({
    steps: {
      draft: testGenerate({
        tools: { list, turns: 4 },
        ladder: [
          { rung: 'revise', cap: 1 },
          { rung: 'fail', cap: 1 },
        ],
        ...change,
      }),
    },
  });
const refund = (usd: number) => ({ tool: 'refund', arguments: { usd } });
const madeIn = (seen: Seen): string[] => seen.calls.map(({ key }) => `${key.attempt} ${key.call}`);
const talkOf = (request: CallRequest | undefined) => (request?.kind === 'generate' ? request.talk : undefined);
const call = (seen: Seen, name: string) => seen.calls.find(({ key }) => key.call === name);

export const tools: Scenario[] = [
  {
    name: 'a model asks for tools, is told what they gave, and its answer is judged with what they found',
    plan: planWith({ critics: [testCritic('judge')] }),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [
          calls({ tool: 'look' }, { tool: 'search', arguments: { q: 1 } }),
          calls({ tool: 'look', arguments: { n: 2 } }),
          answer('text'),
        ],
        'draft/look': [answer('seen', []), nothing('transport', { message: 'it is dark' })],
        'draft/search': answer(['found'], []),
        'draft/judge': answer('yes'),
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(madeIn(seen).toSorted()).toEqual([
        '1 critic/judge/1',
        '1 draft',
        '1 tool/1/1/look/1',
        '1 tool/1/2/search/1',
        '1 tool/2/1/look/1',
        '1 turn/2/1',
        '1 turn/3/1',
      ]);
      expect(talkOf(call(seen, 'draft'))).toEqual({ tools: ['look', 'search', 'refund'], said: [], last: false });
      expect(talkOf(call(seen, 'turn/3/1'))).toMatchObject({
        last: false,
        said: [
          {
            calls: [{ tool: 'look' }, { tool: 'search' }],
            results: [
              { output: 'seen', error: null },
              { output: ['found'], error: null },
            ],
          },
          { calls: [{ tool: 'look' }], results: [{ output: null, error: 'it is dark' }] },
        ],
      });
      expect(call(seen, 'critic/judge/1')).toMatchObject({ found: ['seen', ['found']] });
    },
  },
  {
    name: 'a rejected answer takes its talk with it: the next attempt starts with the verdict alone',
    plan: planWith(),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [
          calls({ tool: 'look' }),
          answer('bad', [verdictOf('fail', { reason: 'too long' })]),
          calls({ tool: 'look' }),
          answer('good'),
        ],
        'draft/look': answer('seen', []),
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('good');
      expect(madeIn(seen)).toEqual(['1 draft', '1 tool/1/1/look/1', '1 turn/2/1', '2 draft', '2 tool/1/1/look/1', '2 turn/2/1']);
      const [first, second] = seen.calls.filter(({ key }) => key.attempt === 2 && key.call !== 'tool/1/1/look/1');
      expect(first).toMatchObject({ advice: { previous: 'bad', verdicts: [{ reason: 'too long' }] }, talk: { said: [] } });
      expect(second).toMatchObject({
        advice: { previous: 'bad', verdicts: [{ reason: 'too long' }] },
        talk: { said: [{ results: [{ output: 'seen' }] }] },
      });
    },
  },
  {
    name: 'a model whose provider is busy in the middle goes on where it was, and a tool whose worker was lost is asked again',
    plan: planWith(),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [
          calls({ tool: 'look' }),
          nothing('rate_limited', { retry_after_ms: 5 }),
          nothing('abandoned', { cost_usd: null }),
          answer('text'),
        ],
        'draft/look': [nothing('abandoned', { cost_usd: null }), answer('seen', [])],
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(madeIn(seen)).toEqual(['1 draft', '1 tool/1/1/look/1', '1 tool/1/1/look/2', '1 turn/2/1', '1 turn/2/2', '1 turn/2/3']);
      expect(talkOf(call(seen, 'turn/2/3'))?.said).toMatchObject([{ results: [{ output: 'seen', error: null }] }]);
    },
  },
  {
    name: 'a call that writes waits for a person, who sees its arguments, and goes out once under a key of its own',
    plan: planWith(),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [calls(refund(40), { tool: 'look' }), answer('done')],
        'draft/look': answer('seen', []),
        'draft/refund': answer('paid', []),
      }),
      people: approveAll,
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('done');
      expect(madeIn(seen)).toEqual(['1 draft', '1 tool/1/2/look/1', '1 tool/1/1/refund/1', '1 turn/2/1']);
      expect(seen.questions).toMatchObject([
        {
          status: 'decided',
          request: { kind: 'tool', tool: 'refund', step: 'draft', of: 'draft', queue: 'default', value: { usd: 40 }, verdicts: [] },
        },
      ]);
      expect(call(seen, 'tool/1/1/refund/1')).toMatchObject({
        effect: 'writes',
        arguments: { usd: 40 },
        refused: null,
        effect_key: expect.stringMatching(/:draft:[0-9a-f]{32}:refund:[0-9a-f]{32}$/),
      });
    },
  },
  {
    name: 'a write that a person refuses is not made, and the model hears their words; changed arguments are what goes out',
    plan: planWith(),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [calls(refund(40)), calls(refund(20)), answer('done')],
        'draft/refund': [nothing('refused', { message: 'a person did not allow this call and says: too much' }), answer('paid', [])],
      }),
      people: inTurn({ decision: 'reject', reason: 'too much' }, { decision: 'edit', value: { usd: 5 } }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('done');
      expect(call(seen, 'tool/1/1/refund/1')).toMatchObject({
        refused: { why: 'person', told: { error: 'a person did not allow this call and says: too much' } },
      });
      expect(call(seen, 'tool/2/1/refund/1')).toMatchObject({ arguments: { usd: 5 }, refused: null });
      expect(talkOf(call(seen, 'turn/3/1'))?.said[1]).toMatchObject({
        calls: [{ arguments: { usd: 20 } }],
        results: [{ output: 'paid', note: 'A person changed the arguments to {"usd":5}.' }],
      });
    },
  },
  {
    name: 'a run is parked while the build has not the tool, and then makes the same calls under the same keys',
    plan: planWith(),
    body: 'drafted',
    script: () => ({
      perform: hands({
        draft: [calls({ tool: 'look' }, { tool: 'search' }), answer('text')],
        'draft/look': answer('seen', []),
        'draft/search': [{ type: 'stuck', code: 'tool_missing', message: 'no search' }, answer('found', [])],
      }),
    }),
    again: 2,
    async drive({ when, retry }) {
      await when((seen) => seen.causes.length === 1);
      retry();
    },
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(seen.causes).toMatchObject([{ code: 'tool_missing', step: 'draft', message: 'no search' }]);
      expect(madeIn(seen).slice(1).toSorted()).toEqual([
        '1 tool/1/1/look/1',
        '1 tool/1/1/look/1',
        '1 tool/1/2/search/1',
        '1 tool/1/2/search/1',
        '1 turn/2/1',
      ]);
    },
  },
];
