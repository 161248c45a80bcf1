import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Body } from '../../src/correct/conduct.ts';
import type { Move, Sampled } from '../../src/correct/move.ts';
import { seededRandom } from '../../src/correct/seeded-random.ts';
import type { Unanswered } from '../../src/shapes/outcome.ts';
import type { PlannedGenerate } from '../../src/shapes/plan.ts';
import type { Sampling } from '../../src/shapes/rung.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';
import { createClock } from '../../testing/clock.ts';
import { createInProcessEngine, type PerformCall } from '../../testing/in-process-engine.ts';
import { testCritic, testGenerate, testModel, testPlan } from '../../testing/plans.ts';
import { answer, failed, nothing, passed, verdictOf } from '../../testing/results.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { approveAll } from '../../testing/scripted-people.ts';
import { drive } from './step-drive.ts';

const voting = (margin: number, samples: number): Sampling => ({ rung: 'vote', cap: 1, margin, samples });
const bestOf = (of: number): Sampling => ({ rung: 'best_of', cap: 1, of, judge: 'taste' });
const planOf = (sample: Sampling, change: Partial<PlannedGenerate> = {}, budget = {}) =>
  testPlan({ steps: { draft: testGenerate({ sample, sample_judges: { taste: testCritic('taste') }, ...change }) }, budget });

const free = { usage: null, cost_usd: 0 };
const drawn = (attempt: number, key: string, change: Partial<Extract<Sampled, { event: 'answered' }>> = {}): Sampled => ({
  attempt,
  event: 'answered',
  output: `${key} in words ${attempt}`,
  key,
  verdicts: [],
  looks: null,
  ...free,
  ...change,
});
const silence = (attempt: number, outcome: Unanswered, retry_after_ms: number | null = null): Sampled => ({
  attempt,
  event: 'silent',
  outcome,
  message: outcome,
  retry_after_ms,
  ...free,
});
const attempts = (move: Move): number[] => (move.move === 'sample' ? move.drafts.map(({ attempt }) => attempt) : []);

describe('a vote', () => {
  test('asks side by side for as many answers as it needs at the least, and accepts the one that is ahead', () => {
    const run = drive(planOf(voting(3, 9)));
    expect(attempts(run.call('draft'))).toEqual([1, 2, 3]);
    const second = run.draw('draft', [drawn(1, 'a'), drawn(2, 'b'), drawn(3, 'a')]);
    expect(attempts(second.move)).toEqual([4, 5]);
    const { move, ruled } = run.draw('draft', [drawn(4, 'a'), drawn(5, 'a')]);
    expect(move).toEqual({ move: 'accept', attempt: 1, how: 'accepted' });
    expect(ruled.filter((one) => 'outcome' in one).map((one) => ({ ...one }))).toEqual([
      { attempt: 4, outcome: 'sampled' },
      { attempt: 5, outcome: 'sampled' },
      { attempt: 1, outcome: 'accepted' },
    ]);
    expect(ruled.find((one) => 'verdict' in one)).toMatchObject({
      attempt: 1,
      verdict: { critic: 'vote', verdict: 'pass', score: 0.8, reason: '4 of 5 answers agree (4 : 1)' },
    });
  });

  test('that cannot be won any more stops there, and is a doubt that goes up the ladder with the leading answer', () => {
    const run = drive(planOf(voting(3, 5)));
    run.call('draft');
    const { move } = run.draw('draft', [drawn(1, 'a'), drawn(2, 'b'), drawn(3, 'b')]);
    expect(attempts(move)).toEqual([4, 5]);
    const asked = run.draw('draft', [drawn(4, 'a'), drawn(5, 'b')]);
    expect(asked.outcome).toBe('unsure');
    expect(asked.move).toMatchObject({
      move: 'ask',
      candidate: 2,
      why: '3 of 5 answers agree (3 : 2): ahead of the next by 1, which had to be 3',
    });
  });

  test('throws out what is cut off, refused, of the wrong form or against a rule before it counts', () => {
    const run = drive(planOf(voting(2, 8)));
    run.call('draft');
    run.draw('draft', [silence(1, 'truncated'), silence(2, 'refused')]);
    run.draw('draft', [silence(3, 'invalid'), drawn(4, 'b', { verdicts: [failed] })]);
    const { move, ruled } = run.draw('draft', [drawn(5, 'a'), drawn(6, 'a')]);
    expect(move).toMatchObject({ move: 'accept', attempt: 5 });
    expect(ruled.find((one) => 'verdict' in one)).toMatchObject({ verdict: { reason: '2 of 6 answers agree (2, 4 thrown out)' } });
  });

  test('of nothing but answers that are thrown out goes up the ladder by what the last one was', () => {
    const ladder = [
      { rung: 'reask', cap: 1 },
      { rung: 'fail', cap: 1 },
    ] as const;
    const run = drive(planOf(voting(2, 3), { ladder: [...ladder] }));
    run.call('draft');
    const { move, outcome } = run.draw('draft', [silence(1, 'invalid'), silence(2, 'truncated')]);
    expect(outcome).toBe('truncated');
    expect(move).toMatchObject({ move: 'attempt', remedy: 'reask', attempt: 3, hint: { previous: 2 } });
  });

  test('draws again after a wait what brought no answer, and only that', () => {
    const run = drive(planOf(voting(3, 5)));
    run.call('draft');
    const waits = run.draw('draft', [drawn(1, 'a'), silence(2, 'rate_limited', 700), silence(3, 'overloaded', 900)]);
    expect(waits.move).toEqual({ move: 'wait', ms: 900 });
    const again = run.waited('draft').move;
    expect(attempts(again)).toEqual([4, 5]);
    expect(again.move === 'sample' && again.drafts.map(({ answer: number }) => number)).toEqual([2, 3]);
    expect(run.draw('draft', [drawn(4, 'a'), drawn(5, 'a')]).move).toMatchObject({ move: 'accept', attempt: 1 });
  });

  test('parks for a bad key and goes on with what it has', () => {
    const run = drive(planOf(voting(2, 4)));
    run.call('draft');
    expect(run.draw('draft', [drawn(1, 'a'), silence(2, 'auth')]).move).toMatchObject({ move: 'block', code: 'auth' });
    expect(attempts(run.resumed('draft').move)).toEqual([3]);
    expect(run.draw('draft', [drawn(3, 'a')]).move).toMatchObject({ move: 'accept', attempt: 1 });
  });

  test('leaves no gap among the rows where a build could not ask', () => {
    const run = drive(planOf(voting(2, 4)));
    run.call('draft');
    const blocked = run.draw('draft', [{ attempt: 1, event: 'stuck', code: 'tool_missing', message: 'no' }, drawn(2, 'a')]);
    expect(blocked.move).toMatchObject({ move: 'block', code: 'tool_missing' });
    expect(attempts(run.resumed('draft').move)).toEqual([1]);
    expect(run.draw('draft', [drawn(1, 'a')]).move).toMatchObject({ move: 'accept', attempt: 1 });
  });

  test('draws no more side by side than the budget allows, and ends with the ladder where it allows none', () => {
    const run = drive(planOf(voting(3, 9), {}, { attempts: 4 }));
    expect(attempts(run.call('draft'))).toEqual([1, 2, 3]);
    const { move } = run.draw('draft', [drawn(1, 'a'), drawn(2, 'b'), drawn(3, 'a')]);
    expect(attempts(move)).toEqual([4]);
    expect(run.draw('draft', [drawn(4, 'c')]).move).toMatchObject({ move: 'ask', candidate: 1, why: 'the budget of the run is spent' });
  });

  test('as a rung follows an answer that was rejected, in fresh contexts', () => {
    const run = drive(planOf(voting(2, 4), { sample: undefined, ladder: [voting(2, 4), { rung: 'fail', cap: 1 }] }));
    expect(run.call('draft')).toMatchObject({ move: 'attempt', attempt: 1 });
    const { move } = run.answer('draft', 'wrong', [failed]);
    expect(move).toMatchObject({ move: 'sample', vote: { rung: 0 }, drafts: [{ attempt: 2, remedy: 'vote', hint: null }, { attempt: 3 }] });
    expect(run.draw('draft', [drawn(2, 'a'), drawn(3, 'b')]).move).toMatchObject({
      move: 'sample',
      drafts: [{ attempt: 4 }, { attempt: 5 }],
    });
    expect(run.draw('draft', [drawn(4, 'b'), drawn(5, 'c')]).move).toMatchObject({ move: 'fail', code: 'ladder_exhausted' });
  });

  test('is followed by the critics of the step, who look at the answer that won', () => {
    const run = drive(planOf(voting(2, 4), { critics: [testCritic('grounded')] }));
    run.call('draft');
    expect(run.draw('draft', [drawn(1, 'a'), drawn(2, 'a')]).move).toMatchObject({
      move: 'judge',
      attempt: 1,
      critic: { name: 'grounded' },
    });
    expect(run.answer('draft', '-', [passed]).move).toEqual({ move: 'accept', attempt: 1, how: 'accepted' });
  });

  test('side by side asks for as many answers as one after the other would', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), fc.constantFrom(0.5, 0.7, 0.9), (seed, margin, p) => {
        const votes: string[] = [];
        const random = seededRandom(seed);
        const vote = (n: number): string => (votes[n - 1] ??= random() < p ? 'right' : (['wrong', 'odd'][Math.floor(random() * 2)] ?? ''));
        const run = drive(planOf(voting(margin, 2_000), {}, { attempts: 2_000 }));
        let move = run.call('draft');
        for (; move.move === 'sample';)
          ({ move } = run.draw(
            'draft',
            attempts(move).map((attempt) => drawn(attempt, vote(attempt))),
          ));
        expect(votes.length).toBe(inTurn(margin, vote));
      }),
    );
  });
});

/** How many votes first-to-ahead-by-k takes when they come one by one. */
function inTurn(margin: number, vote: (n: number) => string): number {
  const counts: Record<string, number> = {};
  for (let n = 1; ; n += 1) {
    counts[vote(n)] = (counts[vote(n)] ?? 0) + 1;
    const [first = 0, second = 0] = Object.values(counts).toSorted((a, b) => b - a);
    if (first - second >= margin) return n;
  }
}

describe('the best of several', () => {
  const score = (value: number): Verdict[] => [verdictOf('pass', { critic: 'taste', score: value })];

  test('goes on when the judge, asked with each draft, has looked at all', () => {
    const run = drive(planOf(bestOf(3)));
    const move = run.call('draft');
    expect(move).toMatchObject({ move: 'sample', vote: null });
    expect(move.move === 'sample' && move.drafts.every(({ judges }) => judges[0]?.name === 'taste')).toBe(true);
    const looks = [score(0.4), score(0.9), score(0.7)];
    const { move: accepted } = run.draw(
      'draft',
      [1, 2, 3].map((n) => drawn(n, 'x', { looks: looks[n - 1] ?? null })),
    );
    expect(accepted).toEqual({ move: 'accept', attempt: 2, how: 'accepted' });
  });

  test('waits for a judge whose provider was in trouble, on the same drafts', () => {
    const run = drive(planOf(bestOf(2)));
    run.call('draft');
    const look = run.draw('draft', [drawn(1, 'x', { looks: score(0.3) }), drawn(2, 'x', { looks: 'silent' })]);
    expect(look.move).toMatchObject({ move: 'judge', attempt: 2, critic: { name: 'taste' }, turn: 2 });
    expect(run.silence('draft', 'overloaded').move).toMatchObject({ move: 'wait' });
    expect(run.waited('draft').move).toMatchObject({ move: 'judge', attempt: 2, turn: 3 });
    expect(run.answer('draft', '-', score(0.8)).move).toEqual({ move: 'accept', attempt: 2, how: 'accepted' });
  });

  test('that the judge rejects goes up the ladder: a judge who says nothing has passed nothing', () => {
    const run = drive(
      planOf(bestOf(2), {
        ladder: [
          { rung: 'revise', cap: 1 },
          { rung: 'fail', cap: 1 },
        ],
      }),
    );
    run.call('draft');
    const doubted = run.draw('draft', [drawn(1, 'x', { looks: [failed] }), drawn(2, 'x')]);
    expect(doubted.move).toMatchObject({ move: 'judge', attempt: 2, turn: 1 });
    const { move, outcome } = run.answer('draft', '-', []);
    expect(outcome).toBe('unsure');
    expect(move).toMatchObject({ move: 'attempt', remedy: 'revise', hint: { previous: 2 } });
  });
});

describe('a vote, in a run', () => {
  const body: Body = async (input, { draft }) => draft?.({ input });

  test('with p = 0.85 and a margin of 4 answers right 0.999 of the time, with 5.70 votes a step', async () => {
    const random = seededRandom(20_261_124);
    const plan = planOf(voting(4, 60), { ladder: [{ rung: 'fail', cap: 1 }], model: testModel({ temperature: 1 }) }, { attempts: 100 });
    const runs = 2_000;
    let right = 0;
    let votes = 0;
    for (let item = 0; item < runs; item += 1) {
      const perform: PerformCall = async () => {
        const isRight = random() < 0.85;
        return { ...answer({ isRight }, []), vote_key: String(isRight) } as ReturnType<typeof answer>;
      };
      const engine = createInProcessEngine({ clock: createClock(), perform, people: approveAll });
      const ending = await runInProcess({ plan, body, input: item, engine });
      if (ending.type !== 'succeeded') throw new Error(`run ${item} ${ending.type}`);
      right += Number((ending.output as { isRight: boolean }).isRight);
      votes += engine.calls.length;
    }
    console.log(`    ${runs} runs: ${right / runs} right, ${votes / runs} votes a step`);
    // Gambler's ruin: 1 / (1 + (q/p)^k) = 0.99903 right, k (2P - 1) / (p - q) = 5.703 votes. Four standard errors either way.
    expect(Math.abs(right / runs - 0.99903)).toBeLessThan(4 * Math.sqrt((0.99903 * 0.00097) / runs));
    expect(Math.abs(votes / runs - 5.703)).toBeLessThan(4 * Math.sqrt(8.2 / runs));
  });

  test('asks side by side, and tells the records which answer went on and how the vote went', async () => {
    const says = ['a', 'b', 'a', 'a'];
    let open = 0;
    let most = 0;
    let asked = 0;
    const perform: PerformCall = async (request) => {
      open += 1;
      most = Math.max(most, open);
      const word = says[asked++] ?? 'a';
      await Promise.resolve();
      open -= 1;
      if (request.key.attempt === 2 && asked === 2) return nothing('overloaded');
      return { ...answer({ word }, []), vote_key: word } as ReturnType<typeof answer>;
    };
    const engine = createInProcessEngine({ clock: createClock(), perform, people: approveAll });
    const ending = await runInProcess({ plan: planOf(voting(2, 4)), body, input: 1, engine });
    expect(ending).toMatchObject({ type: 'succeeded', output: { word: 'a' } });
    expect(most).toBe(2);
    const { notes } = engine;
    expect(notes.filter(({ note }) => note === 'verdict')).toMatchObject([{ attempt: 1, verdict: { critic: 'vote', verdict: 'pass' } }]);
    expect(notes.findLast((one) => one.note === 'outcome' && one.attempt === 1)).toMatchObject({ outcome: 'accepted' });
    expect(notes.filter((one) => one.note === 'outcome' && one.attempt === 2)).toMatchObject([{ outcome: 'overloaded' }]);
  });
});
