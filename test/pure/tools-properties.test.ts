import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/shapes/plan.ts';
import { testAct, testCritic, testGenerate, testPlan, testRetrieve, testReview, testTool } from '../../testing/plans.ts';
import { walk, type Entry, type Weather } from './reducer-walk.ts';

const plans = fc
  .record({
    turns: fc.integer({ min: 2, max: 8 }),
    attempts: fc.constantFrom(4, 20, 100, 100),
    tokens: fc.option(fc.integer({ min: 500, max: 20_000 }), { freq: 2, nil: null }),
    within_ms: fc.constantFrom(20_000, 1_000_000_000, 1_000_000_000),
    critics: fc.integer({ min: 0, max: 1 }),
    usd: fc.option(fc.double({ min: 0.01, max: 0.5, noNaN: true }), { freq: 2, nil: null }),
    end: fc.constantFrom({ rung: 'human' as const, queue: 'people', cap: 2 }, { rung: 'fail' as const, cap: 1 }),
  })
  .map(({ turns, critics, end, ...budget }): Plan =>
    testPlan({
      steps: {
        facts: testRetrieve(),
        draft: testGenerate({
          tools: { list: [testTool('look'), testTool('search', { usd: 0.02 }), testTool('refund', { effect: 'writes' })], turns },
          critics: [testCritic('one')].slice(0, critics),
          ladder: [{ rung: 'reask', cap: 1 }, { rung: 'revise', cap: 2 }, { rung: 'backtrack', to: 'facts', cap: 1 }, end],
        }),
        approve: testReview({ of: 'draft' }),
        send: testAct(),
      },
      budget: { ...budget },
    }),
  );
const weight = fc.constantFrom(0, 0.1, 0.4, 0.8);
const weather: fc.Arbitrary<Weather> = fc.record({
  silence: fc.constantFrom(0, 0.05, 0.2),
  content: fc.constantFrom(0, 0.1, 0.4),
  rejection: weight,
  blame: weight,
  nonsense: fc.constantFrom(0, 0.1),
  person: weight,
  sameText: weight,
  tools: fc.constantFrom(0.3, 0.7, 1),
});

const limit = 20_000;
const runs = process.env.FUZZ_RUNS ? { numRuns: Number(process.env.FUZZ_RUNS) } : { numRuns: 600, seed: 1 };
const everyWalk = (holds: (entries: Entry[], plan: Plan, end: string) => void): void => {
  fc.assert(
    fc.property(plans, fc.integer(), weather, (plan, seed, weights) => {
      const { entries, end } = walk(plan, { seed, weather: weights, limit });
      holds(entries, plan, end);
    }),
    runs,
  );
};
const turnsOf = (plan: Plan): number => (plan.steps['draft']?.kind === 'generate' && plan.steps['draft'].tools?.turns) || 0;

test('a model that always asks for tools comes to an end', () => {
  let talks = 0;
  everyWalk((entries, _, end) => {
    expect(end).not.toBe('endless');
    talks += entries.filter(({ move }) => move.move === 'turn').length;
  });
  expect(talks).toBeGreaterThan(600);
});

test('no attempt has more turns than were allowed, and the last one is told so', () => {
  everyWalk((entries, plan) => {
    for (const { move } of entries) {
      if (move.move !== 'turn') continue;
      expect(move.turn).toBeLessThanOrEqual(turnsOf(plan));
      expect(move.last).toBe(move.turn === turnsOf(plan));
    }
  });
});

test('no more answers and money are asked for than the budget has, and what was set aside comes back', () => {
  everyWalk((entries, plan) => {
    for (const { state, slice } of entries) {
      expect(state.spent.attempts + state.reserved.attempts).toBeLessThanOrEqual(plan.budget.attempts);
      expect(state.spent.usd + state.reserved.usd).toBeLessThanOrEqual((plan.budget.usd ?? Infinity) + 1e-9);
      if (slice.call === null && Object.values(state.slices).every(({ call }) => call === null))
        expect(state.reserved).toMatchObject({ tokens: 0, attempts: 0 });
    }
  });
});

test('a call that writes is made only right after a person allowed it, or where the same one was allowed before', () => {
  let writes = 0;
  everyWalk((entries) => {
    for (const { move, happening, before, slice } of entries) {
      if (move.move !== 'tool') continue;
      for (const { n, refused } of move.calls) {
        const { tool, mark } = slice.talk?.wanted[n] ?? { tool: '', mark: '' };
        if (tool !== 'refund' || refused !== null) continue;
        writes += 1;
        const allowed =
          (happening.event === 'decided' && ['approve', 'edit'].includes(happening.decision)) ||
          slice.writes?.[mark] === 'allowed' ||
          (slice.talk?.wanted[n]?.tries ?? 0) > 1 ||
          happening.event === 'resumed';
        expect(allowed).toBe(true);
        expect(before.slices[`${slice.step}/${slice.occurrence}`]?.writes?.[mark]).not.toBe('done');
      }
    }
  });
  expect(writes).toBeGreaterThan(300);
});

test('every call of a turn is told before the model goes on', () => {
  everyWalk((entries) => {
    for (const { move, slice } of entries)
      if (move.move === 'turn') expect(slice.talk?.wanted.every(({ status }) => status === 'told')).toBe(true);
  });
});
