import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineTime } from '../../src/correct/budget.ts';
import { cures, isContent } from '../../src/correct/table.ts';
import type { Happening, Sampled } from '../../src/correct/move.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { Rung } from '../../src/shapes/rung.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';
import type { RunState } from '../../src/correct/state.ts';
import { testAct, testCritic, testGenerate, testModel, testPlan, testRetrieve, testReview } from '../../testing/plans.ts';
import { isBusy, walk, type Entry, type Weather } from './reducer-walk.ts';

const cap = fc.integer({ min: 1, max: 3 });
const climbing = fc.oneof(
  fc.record({ rung: fc.constantFrom('reask' as const, 'revise' as const, 'resample' as const), cap }),
  fc.record({ rung: fc.constant('vote' as const), cap, margin: fc.integer({ min: 1, max: 3 }), samples: fc.integer({ min: 3, max: 7 }) }),
  fc.record({ rung: fc.constant('best_of' as const), cap, of: fc.integer({ min: 2, max: 3 }), judge: fc.constant('taste') }),
  fc.record({ rung: fc.constant('model' as const), cap, model: fc.constantFrom('large', 'elsewhere') }),
  fc.record({ rung: fc.constant('backtrack' as const), cap, to: fc.constant('facts') }),
);
const last = fc.oneof(
  { weight: 3, arbitrary: fc.record({ rung: fc.constant('human' as const), cap, queue: fc.constant('people') }) },
  { weight: 2, arbitrary: fc.constantFrom<Rung>({ rung: 'fail', cap: 1 }, { rung: 'best', cap: 1 }) },
);
const ladder = fc
  .tuple(fc.array(climbing, { minLength: 1, maxLength: 6, size: 'max' }), last)
  .map(([rungs, end]): Rung[] => [...rungs, end]);

const plans = fc
  .record({
    ladder,
    loop: fc.constantFrom(1 as const, 2 as const),
    critics: fc.integer({ min: 0, max: 2 }),
    sample: fc.constantFrom<(Rung | undefined)[]>(
      undefined,
      undefined,
      { rung: 'vote', cap: 1, margin: 2, samples: 5 },
      { rung: 'best_of', cap: 1, of: 2, judge: 'taste' },
    ),
    attempts: fc.constantFrom(2, 5, 10, 30),
    returns: cap,
    usd: fc.option(fc.double({ min: 0.0002, max: 0.02, noNaN: true }), { freq: 1 }),
    tokens: fc.option(fc.integer({ min: 100, max: 8_000 }), { freq: 1 }),
    within_ms: fc.constantFrom(2_000, 300_000, 300_000, 3_000_000),
  })
  .map((options): Plan =>
    testPlan({
      loop: options.loop,
      steps: {
        facts: testRetrieve(),
        draft: testGenerate({
          ladder: options.ladder,
          critics: [testCritic('one'), testCritic('two')].slice(0, options.critics),
          ...(options.sample ? { sample: options.sample } : {}),
          sample_judges: { taste: testCritic('taste') },
          models: { large: testModel({ role: 'large' }), elsewhere: testModel({ role: 'elsewhere', provider: 'other' }) },
        }),
        approve: testReview({ of: 'draft', returns: options.returns }),
        send: testAct(),
      },
      budget: { attempts: options.attempts, usd: options.usd, tokens: options.tokens, within_ms: options.within_ms },
    }),
  );

const weight = fc.constantFrom(0, 0.1, 0.3, 0.6, 0.9);
const weather: fc.Arbitrary<Weather> = fc.record({
  silence: fc.constantFrom(0, 0.05, 0.2),
  content: fc.constantFrom(0, 0, 0.1, 0.4),
  rejection: weight,
  blame: weight,
  nonsense: fc.constantFrom(0, 0, 0.1),
  person: weight,
  sameText: weight,
});

/** Far more than any of these plans needs, far less than for ever. */
const limit = 20_000;
/** The same walks every time; set FUZZ_RUNS for more of them, by another seed. */
const runs = process.env.FUZZ_RUNS ? { numRuns: Number(process.env.FUZZ_RUNS) } : { numRuns: 1_500, seed: 1 };
const anyWalk = fc.record({ plan: plans, seed: fc.integer(), weather });
const everyEntry = (holds: (entry: Entry, plan: Plan, entries: Entry[], index: number) => void): void => {
  fc.assert(
    fc.property(anyWalk, ({ plan, seed, weather: weights }) => {
      const { entries } = walk(plan, { seed, weather: weights, limit });
      entries.forEach((entry, index) => holds(entry, plan, entries, index));
    }),
    runs,
  );
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};

describe('the reducer, whatever happens', () => {
  test('every run ends', () => {
    const seen = new Map<string, number>();
    const count = (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    fc.assert(
      fc.property(anyWalk, ({ plan, seed, weather: weights }) => {
        const { end, entries, passes } = walk(plan, { seed, weather: weights, limit });
        count(end);
        if (passes > 2) count('passes');
        for (const { move } of entries) {
          count(move.move === 'attempt' ? move.remedy : move.move === 'accept' ? move.how : move.move);
          if (move.move === 'sample') for (const { remedy } of move.drafts.slice(0, 1)) count(remedy);
        }
        expect(end).not.toBe('endless');
      }),
      runs,
    );
    if (process.env.FUZZ_RUNS) console.log(seen);
    const all = [
      'returned',
      'failed',
      'passes',
      'first',
      'retry',
      'reask',
      'revise',
      'resample',
      'vote',
      'best_of',
      'sample',
      'model',
      'backtrack',
      'human',
      'judge',
      'wait',
      'ask',
      'block',
      'fail',
      'accepted',
      'accepted_under_exhaustion',
      'edited',
      'given',
    ];
    expect(
      all.filter((what) => (seen.get(what) ?? 0) < 10),
      'seen too seldom to prove anything',
    ).toEqual([]);
  });

  test('a call is made only while what is spent and set aside, itself included, fits the budget', () => {
    everyEntry(({ state, move }, { budget }) => {
      if (move.move !== 'attempt' && move.move !== 'sample' && move.move !== 'judge') return;
      const { spent, reserved } = state;
      if (budget.usd !== null) expect(spent.usd + reserved.usd).toBeLessThanOrEqual(budget.usd + 1e-9);
      if (budget.tokens !== null) expect(spent.tokens + reserved.tokens).toBeLessThanOrEqual(budget.tokens);
      expect(spent.attempts + reserved.attempts).toBeLessThanOrEqual(budget.attempts);
    });
  });

  test('answers never outnumber the budget, and at the end nothing is set aside', () => {
    fc.assert(
      fc.property(anyWalk, ({ plan, seed, weather: weights }) => {
        const { entries, final } = walk(plan, { seed, weather: weights, limit });
        const came = entries.flatMap(({ happening, before, slice }): (Happening | Sampled)[] => {
          const { call } = before.slices[`${slice.step}/${slice.occurrence}`] ?? {};
          if (slice.step === 'send' || call?.name !== 'draft') return [];
          return happening.event === 'sampled' ? happening.drafts : [happening];
        });
        const answers = came.filter((one) => one.event === 'answered' || (one.event === 'silent' && isContent(one.outcome)));
        expect(answers.length).toBeLessThanOrEqual(plan.budget.attempts);
        expect(final.reserved.usd).toBeCloseTo(0, 9);
        expect(final.reserved).toMatchObject({ tokens: 0, attempts: 0 });
        expect(final.clock.busy).toBe(0);
      }),
      runs,
    );
  });

  test('nothing is accepted but what every rule and every critic passed, what a person approved or wrote, or what the record calls exhaustion', () => {
    everyEntry(({ happening, move, slice, before }, plan, entries, index) => {
      if (move.move !== 'accept') return;
      const step = plan.steps[slice.step];
      if (move.how === 'given') expect(before.approved).toContain(`draft:${(happening as { value: string }).value}`);
      else if (move.how === 'edited') expect(happening).toMatchObject({ event: 'decided', decision: 'edit' });
      else if (move.how === 'accepted_under_exhaustion')
        expect(step?.kind === 'retrieve' || step?.kind === 'generate' ? step.ladder.at(-1) : null).toMatchObject({ rung: 'best' });
      else if (happening.event === 'decided') expect(happening.decision).toBe('approve');
      else {
        const said = saidOfAccepted(entries, index);
        expect(said.length).toBe(1 + (step?.kind === 'generate' ? step.critics.length : 0));
        expect(said.flat().length).toBeGreaterThan(0);
        expect(said.flat().every((verdict) => verdict === 'pass')).toBe(true);
        if (step?.kind === 'generate') for (const verdicts of said.slice(1)) expect(verdicts.length).toBeGreaterThan(0);
      }
    });
  });

  test('a person approves only what there is', () => {
    everyEntry(({ happening, move, before, slice }) => {
      if (happening.event !== 'decided' || happening.decision !== 'approve' || slice.step === 'approve') return;
      if (before.slices[`${slice.step}/${slice.occurrence}`]?.candidate === null) expect(move.move).not.toBe('accept');
      else expect(move).toMatchObject({ move: 'accept', attempt: slice.candidate?.attempt });
    });
  });

  test('the same rejected text twice in a row ends the rung that gave it, a person excepted', () => {
    let seen = 0;
    everyEntry(({ happening, outcome, before, slice, state }, plan) => {
      const was = before.slices[`${slice.step}/${slice.occurrence}`];
      const output = was?.call?.name === 'draft' && happening.event === 'answered' ? happening.output : was?.output;
      // What is thrown out of a sample has not climbed.
      if (happening.event === 'sampled' || was?.samples) return;
      if (outcome !== 'rejected' || !was || was.rung === null || output !== was.lastRejected) return;
      const step = plan.steps[slice.step];
      const rung = step?.kind === 'generate' ? step.ladder[was.rung] : undefined;
      if (!rung || rung.rung === 'human') return;
      seen += 1;
      expect(state.used[slice.lineage]?.[was.rung]).toBeGreaterThanOrEqual(rung.cap);
    });
    expect(seen).toBeGreaterThan(20);
  });

  test('a rung is used at most as often as its cap says, over all passes', () => {
    let passes = 0;
    fc.assert(
      fc.property(anyWalk, ({ plan, seed, weather: weights }) => {
        const walked = walk(plan, { seed, weather: weights, limit });
        passes = Math.max(passes, walked.passes);
        const taken: Record<string, number> = {};
        for (const { move, slice } of walked.entries) {
          const rung =
            move.move === 'backtrack'
              ? 'backtrack'
              : move.move === 'ask' && slice.step === 'draft'
                ? 'human'
                : move.move === 'attempt' && !['first', 'retry', 'backtrack', 'human'].includes(move.remedy)
                  ? move.remedy
                  : null;
          if (rung !== null) taken[`${slice.lineage} ${rung}`] = (taken[`${slice.lineage} ${rung}`] ?? 0) + 1;
        }
        const { draft, approve } = plan.steps;
        for (const [key, times] of Object.entries(taken)) {
          const [lineage, rung] = key.split(' ');
          const caps =
            lineage?.startsWith('draft') && draft?.kind === 'generate'
              ? draft.ladder.reduce((total, one) => total + (one.rung === rung ? one.cap : 0), 0)
              : approve?.kind === 'review'
                ? approve.returns
                : 0;
          expect(times, key).toBeLessThanOrEqual(caps);
        }
      }),
      runs,
    );
    expect(passes).toBeGreaterThan(3);
  });

  test('a provider that does not answer never leads to a person, unless the budget ran out over it', () => {
    everyEntry(({ happening, move, outcome }) => {
      if (happening.event !== 'silent' || outcome === null || !(outcome in cures) || isContent(happening.outcome)) return;
      if (outcome === happening.outcome && move.move === 'ask') expect(move.why).toMatch(/budget|machine time/);
    });
  });

  test('the machine clock never runs backwards and stands still while only people are awaited', () => {
    everyEntry(({ before, state, happening, live }) => {
      const time = machineTime(state, happening.at);
      expect(time).toBeGreaterThanOrEqual(machineTime(before, before.clock.since));
      expect(time).toBeGreaterThanOrEqual(0);
      expect(state.clock.busy).toBe(live.filter(({ move }) => isBusy(move)).length);
      if (state.clock.busy === 0) expect(machineTime(state, happening.at + 1e9)).toBe(time);
    });
  });

  test('the same inputs give the same moves, the state is plain data, and nothing that went in is changed', () => {
    fc.assert(
      fc.property(anyWalk, ({ plan, seed, weather: weights }) => {
        const copied = (state: RunState): RunState => deepFreeze(JSON.parse(JSON.stringify(state)) as RunState);
        const first = walk(deepFreeze(plan), { seed, weather: weights, limit, touch: deepFreeze });
        const second = walk(plan, { seed, weather: weights, limit, touch: copied });
        expect(second.entries.map(({ move, outcome }) => ({ move, outcome }))).toEqual(
          first.entries.map(({ move, outcome }) => ({ move, outcome })),
        );
        expect(JSON.parse(JSON.stringify(second.final))).toEqual(JSON.parse(JSON.stringify(first.final)));
      }),
      runs,
    );
  });
});

/** The verdicts on the draft that this entry accepts: first the rules', a vote's and a sample's judge's, then each critic's. */
function saidOfAccepted(entries: Entry[], index: number): string[][] {
  const { slice, move } = entries[index] as Entry;
  const attempt = move.move === 'accept' ? move.attempt : null;
  const first: Verdict[] = [];
  const said: string[][] = [];
  let sampled = false;
  for (let i = index; i >= 0; i -= 1) {
    const { happening, before, ruled } = entries[i] as Entry;
    if (happening.step !== slice.step || happening.occurrence !== slice.occurrence) continue;
    const was = before.slices[`${slice.step}/${slice.occurrence}`];
    for (const one of ruled) if ('verdict' in one && one.attempt === attempt) first.push(one.verdict);
    if (happening.event === 'sampled') {
      sampled = true;
      const mine = happening.drafts.find((one) => one.attempt === attempt);
      if (mine?.event !== 'answered') continue;
      first.push(...mine.verdicts, ...(Array.isArray(mine.looks) ? mine.looks : []));
      break;
    }
    if (happening.event !== 'answered') continue;
    if (was?.call?.name === 'draft') {
      if (!sampled) first.push(...happening.verdicts);
      break;
    }
    if (!was?.samples) said.unshift(happening.verdicts.map(({ verdict }) => verdict));
    else if (was.shown === attempt) first.push(...happening.verdicts);
  }
  return [first.map(({ verdict }) => verdict), ...said];
}
