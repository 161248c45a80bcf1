import { describe, expect, test } from 'vitest';
import { affords, criticCall, draftCall, estimate, machineTime, reserve, settle, widening } from '../../src/correct/budget.ts';
import { bytesOf, canonical } from '../../src/correct/canonical.ts';
import { newState, type OpenCall } from '../../src/correct/state.ts';
import { testAct, testCritic, testGenerate, testModel, testPlan, testRetrieve } from '../../testing/plans.ts';
import { failed, verdictOf } from '../../testing/results.ts';
import { drive } from './step-drive.ts';

const call = (change: Partial<OpenCall> = {}): OpenCall => ({ name: 'draft', usd: 0.01, tokens: 100, attempts: 1, ...change });

describe('the budget', () => {
  test('a call is estimated at the whole prompt in and the whole limit out', () => {
    expect(estimate(testModel(), { bytes: 300 })).toEqual({ usd: 0.0003, tokens: 200 });
    expect(estimate(testModel(), { bytes: 300, widen: true })).toEqual({ usd: (100 + 200 * 2) / 1e6, tokens: 100 + 100 * widening });
    expect(estimate(testModel(), { bytes: 300, seesPrevious: true }).tokens).toBe(200 + 100 * widening);
  });

  test('letters that take more bytes take more tokens', () => {
    expect(bytesOf(canonical('grüße'))).toBe(9);
    expect(bytesOf(canonical('质量'))).toBe(8);
  });

  test('advice, a wider limit and what a critic reads are paid for before the call', () => {
    const step = testGenerate({ critics: [testCritic('judge')] });
    const run = drive(testPlan({ steps: { draft: step } }));
    run.call('draft');
    const slice = run.slice('draft');
    const plain = draftCall(step, slice, null);
    expect(
      draftCall(step, slice, { previous: 1, verdicts: [verdictOf('fail', { reason: 'x'.repeat(50), at: { quote: 'y'.repeat(10) } })] })
        .tokens,
    ).toBe(plain.tokens + 60 + 200);
    expect(draftCall(step, { ...slice, widen: true }, null).tokens).toBe(plain.tokens + 100);
    const [critic] = step.critics;
    expect(critic && criticCall(step, slice, critic)).toMatchObject({ name: 'critic', attempts: 0, tokens: (30 + 2 * 30) / 3 + 100 + 100 });
  });

  test('a search is paid for once for its input, and once more for each thing that was missing', () => {
    const step = testRetrieve({ usd: 0.01 });
    const run = drive(testPlan({ steps: { facts: step } }));
    run.call('facts');
    const slice = run.slice('facts');
    expect(draftCall(step, slice, null)).toEqual({ name: 'draft', usd: 0.01, tokens: 0, attempts: 1 });
    const verdicts = [verdictOf('fail', { missing: 'the tide' }), verdictOf('fail', { missing: 'the moon' }), verdictOf('fail', {})];
    expect(draftCall(step, slice, { previous: null, verdicts }).usd).toBeCloseTo(0.03);
    expect(draftCall(testRetrieve(), slice, null).usd).toBe(0);
  });

  test('money, tokens and attempts each stop a call that would go over, and only that', () => {
    const plan = testPlan({ steps: {}, budget: { usd: 0.02, tokens: 200, attempts: 2 } });
    const state = reserve(newState(), call());
    expect(affords(plan, state, call())).toBe(true);
    for (const more of [{ usd: 0.0101 }, { tokens: 101 }, { attempts: 2 }])
      expect(affords(plan, state, call(more)), JSON.stringify(more)).toBe(false);
    expect(affords(plan, { ...state, spent: { usd: 9, tokens: 900, attempts: 9 } }, call({ usd: 0, tokens: 0, attempts: 0 }))).toBe(true);
  });

  test('what was not spent is given back; what nobody knows counts in full; no answer is no attempt', () => {
    const state = reserve(newState(), call());
    const booked = (bill: Parameters<typeof settle>[2]) => settle(state, call(), bill);
    expect(booked({ usage: { input_tokens: 10, output_tokens: 5 }, cost_usd: 0.002, answered: true })).toMatchObject({
      spent: { usd: 0.002, tokens: 15, attempts: 1 },
      reserved: { usd: 0, tokens: 0, attempts: 0 },
    });
    expect(booked({ usage: null, cost_usd: null, answered: false }).spent).toEqual({ usd: 0.01, tokens: 100, attempts: 0 });
    expect(booked({ usage: null, cost_usd: 0, answered: false }).spent).toEqual({ usd: 0, tokens: 0, attempts: 0 });
  });

  test('an effect goes out though time and money are over', () => {
    const run = drive(
      testPlan({
        steps: { draft: testGenerate({ ladder: [{ rung: 'fail', cap: 1 }] }), send: testAct() },
        budget: { within_ms: 1_000, usd: 0.001 },
      }),
    );
    run.call('draft');
    run.pass(1_000);
    run.answer('draft', 'text', undefined, { cost_usd: 5 });
    expect(run.call('send')).toMatchObject({ move: 'attempt' });
    run.answer('send', 'sent');
    expect(run.call('draft', { lineage: 'draft#2' })).toMatchObject({
      move: 'fail',
      code: 'budget_exhausted',
      message: 'the run used its 1 s of machine time',
    });
  });

  test('no budget is left to judge: that is a doubt, not an acceptance', () => {
    const step = testGenerate({ critics: [testCritic('judge')] });
    const run = drive(testPlan({ steps: { draft: step }, budget: { tokens: 125 } }));
    run.call('draft');
    expect(run.answer('draft', 'text', undefined, { usage: { input_tokens: 20, output_tokens: 90 } })).toMatchObject({
      outcome: 'unsure',
      move: {
        move: 'ask',
        candidate: 1,
        why: 'the budget of the run is spent',
        verdicts: [{ verdict: 'pass' }, { critic: 'judge', verdict: 'unsure' }],
      },
    });
  });

  test('two calls at once cannot spend the same money', () => {
    const run = drive(testPlan({ steps: { left: testGenerate(), right: testGenerate() }, budget: { attempts: 1 } }));
    expect(run.call('left').move).toBe('attempt');
    expect(run.call('right').move).toBe('ask');
    run.answer('left', 'text', [failed]);
    expect(run.state).toMatchObject({ spent: { attempts: 1 }, reserved: { attempts: 0 } });
  });

  test('the machine is at work while one step is, not while people are asked', () => {
    const run = drive(testPlan({ steps: { left: testGenerate(), right: testGenerate() } }));
    run.call('left');
    run.pass(1_000);
    run.call('right');
    run.pass(1_000);
    run.answer('left', 'a', [failed]);
    run.pass(1_000);
    expect(machineTime(run.state, 3_000)).toBe(3_000);
    run.answer('right', 'b', [failed]);
    run.pass(1_000_000);
    expect(machineTime(run.state, 1_003_000)).toBe(3_000);
    run.decide('left', 'respond');
    run.pass(500);
    expect(machineTime(run.state, 1_003_500)).toBe(3_500);
  });
});
