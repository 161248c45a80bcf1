import { describe, expect, test } from 'vitest';
import { advance } from '../../src/correct/advance.ts';
import type { Body } from '../../src/correct/conduct.ts';
import type { Happening } from '../../src/correct/move.ts';
import { newState, type RunState } from '../../src/correct/state.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import { createClock } from '../../testing/clock.ts';
import { createInProcessEngine, type PerformCall } from '../../testing/in-process-engine.ts';
import { testCritic, testGenerate, testPlan } from '../../testing/plans.ts';
import { answer, failed, passed } from '../../testing/results.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { approveAll } from '../../testing/scripted-people.ts';
import { seededRandom } from '../../src/correct/seeded-random.ts';

/** One draft, one critic, at most three attempts, then a person. */
const plan: Plan = testPlan({
  steps: {
    draft: testGenerate({
      critics: [testCritic('judge')],
      ladder: [
        { rung: 'revise', cap: 2 },
        { rung: 'human', cap: 3, queue: 'people' },
      ],
    }),
  },
});

/** p: a draft is right; s: the critic rejects a wrong one; f: it rejects a right one. Drafts are independent of each other. */
interface Odds {
  p: number;
  s: number;
  f: number;
}

/** A leaf of the tree of all that can happen: how it ended, how often anything was called, and with which probability. */
interface Leaf {
  probability: number;
  calls: number;
  attempt: number;
  end: 'right' | 'wrong' | 'escalated';
}

/** Walk every path of the reducer. Texts differ from attempt to attempt: the repetition of one is another test. */
function* walk(
  odds: Odds,
  at: { state: RunState; happening: Happening; probability: number; calls: number; right: boolean },
): Generator<Leaf> {
  const { state, move } = advance(plan, at.state, at.happening);
  const next = (happening: Partial<Happening>, probability: number, right: boolean) =>
    walk(odds, {
      state,
      happening: { step: 'draft', occurrence: 1, at: 0, usage: null, cost_usd: 0, ...happening } as Happening,
      probability: at.probability * probability,
      calls: at.calls + 1,
      right,
    });
  const { probability, calls } = at;
  switch (move.move) {
    case 'attempt':
      for (const right of [true, false])
        yield* next({ event: 'answered', output: `${move.attempt}`, verdicts: [passed] }, right ? odds.p : 1 - odds.p, right);
      return;
    case 'judge': {
      const rejects = at.right ? odds.f : odds.s;
      for (const verdict of [failed, passed])
        yield* next({ event: 'answered', output: '-', verdicts: [verdict] }, verdict === failed ? rejects : 1 - rejects, at.right);
      return;
    }
    case 'accept':
      yield { probability, calls, attempt: move.attempt ?? 0, end: at.right ? 'right' : 'wrong' };
      return;
    case 'ask':
      yield { probability, calls, attempt: 0, end: 'escalated' };
      return;
    default:
      throw new Error(`no path leads to ${move.move}`);
  }
}

const called: Happening = {
  step: 'draft',
  occurrence: 1,
  at: 0,
  event: 'called',
  lineage: 'draft#1',
  pass: 1,
  size: 10,
  value: '-',
  hint: null,
  remedy: 'first',
};
const leavesOf = (odds: Odds): Leaf[] => [...walk(odds, { state: newState(), happening: called, probability: 1, calls: 0, right: false })];
const sum = (leaves: Leaf[], of: (leaf: Leaf) => number): number => leaves.reduce((total, leaf) => total + leaf.probability * of(leaf), 0);
const chance = (leaves: Leaf[], holds: (leaf: Leaf) => boolean): number => sum(leaves, (leaf) => Number(holds(leaf)));

/** As many significant digits as the number that theory gives. */
const digits = (value: number, like: number): number => Number(value.toPrecision(String(like).replace(/^0\.0*|\./g, '').length));

/** undetected wrong answers, escalated items, generation and critic calls per item */
const table = [
  { odds: { p: 0.85, s: 0.9, f: 0.05 }, wrong: 0.0181351, escalated: 0.00559236, calls: 2.41801 },
  { odds: { p: 0.85, s: 0.7, f: 0.1 }, wrong: 0.0551745, escalated: 0.006859, calls: 2.4522 },
  { odds: { p: 0.85, s: 0.99, f: 0.05 }, wrong: 0.00184122, escalated: 0.00696787, calls: 2.45496 },
];

describe('the loop, against theory', () => {
  test.each(table)('every path of the reducer together gives the numbers for $odds', ({ odds, wrong, escalated, calls }) => {
    const leaves = leavesOf(odds);
    expect(leaves).toHaveLength(2 + 4 + 8 + 8);
    expect(sum(leaves, () => 1)).toBeCloseTo(1, 12);
    expect(
      digits(
        chance(leaves, ({ end }) => end === 'wrong'),
        wrong,
      ),
    ).toBe(wrong);
    expect(
      digits(
        chance(leaves, ({ end }) => end === 'escalated'),
        escalated,
      ),
    ).toBe(escalated);
    expect(
      digits(
        sum(leaves, (leaf) => leaf.calls),
        calls,
      ),
    ).toBe(calls);
  });

  test('where items differ, a later acceptance is worth less: the attempt number is evidence', () => {
    const kinds = [
      { weight: 0.8, leaves: leavesOf({ p: 0.98, s: 0.9, f: 0.05 }) },
      { weight: 0.2, leaves: leavesOf({ p: 0.33, s: 0.9, f: 0.05 }) },
    ];
    const mixed = (holds: (leaf: Leaf) => boolean): number =>
      kinds.reduce((total, { weight, leaves }) => total + weight * chance(leaves, holds), 0);
    const right = [1, 2, 3].map(
      (n) =>
        mixed(({ end, attempt }) => end === 'right' && attempt === n) / mixed(({ end, attempt }) => end !== 'escalated' && attempt === n),
    );
    expect(right.map((value) => digits(value, 0.123456))).toEqual([0.981763, 0.913451, 0.841817]);
  });

  test.each(table)(
    'a Monte Carlo run of the whole engine agrees within four standard errors for $odds',
    async ({ odds, wrong, escalated, calls }) => {
      const runs = 2_000;
      const results = await simulate(odds, runs);
      const within = (values: number[], expected: number): void => {
        const mean = values.reduce((a, b) => a + b, 0) / runs;
        const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (runs - 1);
        expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(Math.max(variance, expected / runs) / runs));
      };
      within(
        results.map(({ end }) => Number(end === 'wrong')),
        wrong,
      );
      within(
        results.map(({ end }) => Number(end === 'escalated')),
        escalated,
      );
      within(
        results.map((result) => result.calls),
        calls,
      );
    },
  );
});

const chain: Body = async (item, { draft }) => draft?.({ item });

/** The chain run again and again by the in-process engine, with models and critics that err by chance. */
async function simulate({ p, s, f }: Odds, runs: number): Promise<{ end: Leaf['end']; calls: number }[]> {
  const random = seededRandom(20_260_101);
  const results: { end: Leaf['end']; calls: number }[] = [];
  for (let item = 0; item < runs; item += 1) {
    const perform: PerformCall = async (request) => {
      if (request.kind !== 'critic') return answer({ right: random() < p, attempt: request.key.attempt });
      const { right } = request.output as { right: boolean };
      return answer('judged', [random() < (right ? f : s) ? failed : passed]);
    };
    const engine = createInProcessEngine({ clock: createClock(), perform, people: approveAll });
    const ending = await runInProcess({ plan, body: chain, input: item, engine });
    if (ending.type !== 'succeeded') throw new Error(`run ${item} ${ending.type}`);
    const { right } = ending.output as { right: boolean };
    results.push({ end: engine.questions.length > 0 ? 'escalated' : right ? 'right' : 'wrong', calls: engine.calls.length });
  }
  return results;
}
