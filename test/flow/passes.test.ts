import { describe, expect, test } from 'vitest';
import type { Body } from '../../src/correct/conduct.ts';
import { createClock } from '../../testing/clock.ts';
import { createInProcessEngine, type InProcessEngine, type PerformCall, type People } from '../../testing/in-process-engine.ts';
import { testGenerate, testPlan, testRetrieve, testReview } from '../../testing/plans.ts';
import { answer, nothing, verdictOf } from '../../testing/results.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { approveAll, nobodyThere } from '../../testing/scripted-people.ts';
import { bodies } from './bodies.ts';
import { aborted, hands, type Controls, type Ended, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

async function play({
  plan,
  body,
  nextBody,
  input = 'question',
  script,
  drive,
}: Scenario): Promise<{ ended: Ended; engine: InProcessEngine }> {
  const { perform, people = approveAll } = script();
  const engine = createInProcessEngine({ clock: createClock(), perform, people });
  const controls: Controls = {
    seen: engine,
    cancel: engine.cancel,
    retry: engine.retry,
    crowd: engine.crowd,
    when: (holds) => engine.when(() => holds(engine)),
  };
  const [ended] = await Promise.all([
    runInProcess({ plan, body: bodies[body], input, engine, onContinue: () => (nextBody ? bodies[nextBody] : undefined) }),
    drive?.(controls),
  ]);
  return { ended, engine };
}

describe('in process', () => {
  test.each(scenarios)('$name', async (scenario) => {
    const { ended, engine } = await play(scenario);
    scenario.expect(ended, engine);
  });

  test.each(scenarios)('leaves nothing behind: $name', async (scenario) => {
    const { engine } = await play(scenario);
    await engine.clock.advance(0);
    expect(engine.clock.sleepers()).toBe(0);
    expect(engine.causes.every(({ over }) => over)).toBe(true);
    expect(engine.questions.every(({ status }) => status !== 'pending')).toBe(true);
    const keys = engine.calls.map(({ key }) => Object.values(key).join('/'));
    expect(keys.length - new Set(keys).size).toBe(scenario.again ?? 0);
  });
});

const blamesFacts = answer('draft', [verdictOf('fail', { blames: { step: 'facts', occurrence: null } })]);
const start = (options: { perform: PerformCall; people?: People; body: Body; plan: ReturnType<typeof testPlan>; auto?: boolean }) => {
  const engine = createInProcessEngine({
    clock: createClock({ auto: options.auto ?? true }),
    perform: options.perform,
    people: options.people ?? approveAll,
  });
  return { engine, ending: runInProcess({ plan: options.plan, body: options.body, input: 'question', engine }) };
};
const backtracking = testGenerate({
  ladder: [
    { rung: 'backtrack', cap: 1, to: 'facts' },
    { rung: 'fail', cap: 1 },
  ],
});

describe('a pass that is abandoned', () => {
  test('none of its promises ever settles, and its chain function runs no further', async () => {
    const settled: string[] = [];
    let pass = 0;
    const watched = (name: string, promise: Promise<unknown> | undefined) => promise?.finally(() => settled.push(name));
    const body: Body = async (_, { facts, draft }, { sleep }) => {
      const mine = (pass += 1);
      await watched(`facts ${mine}`, facts?.({}));
      const late = watched(`sleep ${mine}`, sleep(1_000));
      const text = await watched(`draft ${mine}`, draft?.({ mine }));
      await late;
      settled.push(`end ${mine}`);
      return text;
    };
    const { engine, ending } = start({
      body,
      plan: testPlan({ steps: { facts: testRetrieve(), draft: backtracking } }),
      perform: hands({ facts: [answer(1), answer(2)], draft: [blamesFacts, answer('good')] }),
    });
    expect(await ending).toMatchObject({ type: 'succeeded', output: 'good' });
    await engine.clock.advance(10_000_000);
    expect(settled).toEqual(['facts 1', 'facts 2', 'draft 2', 'sleep 2', 'end 2']);
  });

  test('an answer that comes in while it drains does not reach its chain function', async () => {
    const settled: string[] = [];
    let pass = 0;
    const body: Body = async (question, { facts, left, right }) => {
      const mine = (pass += 1);
      const found = await facts?.({ question });
      return Promise.all([left?.({ found }), right?.({ question }).finally(() => settled.push(`right ${mine}`))]);
    };
    const { ending } = start({
      body,
      plan: testPlan({ steps: { facts: testRetrieve(), left: backtracking, right: testGenerate() } }),
      perform: hands({
        facts: [answer(1), answer(2)],
        left: [blamesFacts, answer('left')],
        right: (_, signal) => aborted(signal).then(() => answer('right')),
      }),
    });
    expect(await ending).toMatchObject({ output: ['left', 'right'] });
    expect(settled).toEqual(['right 2']);
  });

  test('it can call nothing any more', async () => {
    const revive: (() => void)[] = [];
    const body: Body = async (_, { facts, draft }) => {
      void new Promise<void>((resolve) => {
        revive.push(resolve);
      }).then(() => draft?.({ from: 'the past' }));
      await facts?.({});
      return draft?.({});
    };
    const { engine, ending } = start({
      body,
      plan: testPlan({ steps: { facts: testRetrieve(), draft: backtracking } }),
      perform: hands({
        facts: [
          answer(1),
          () => {
            revive[0]?.();
            return answer(2);
          },
        ],
        draft: [blamesFacts, answer('good')],
      }),
    });
    expect(await ending).toMatchObject({ type: 'succeeded', carried: { state: { reserved: { attempts: 0 } } } });
    expect(engine.calls.map(({ key }) => [key.step, key.occurrence])).toEqual([
      ['facts', 1],
      ['draft', 1],
      ['facts', 2],
      ['draft', 2],
    ]);
  });

  test('a call that the world refuses while the pass drains is not an error of the chain', async () => {
    const perform = hands({
      facts: [answer(1), answer(2)],
      left: [blamesFacts, answer('left')],
      right: [
        async (_, signal) => {
          await aborted(signal);
          throw new Error('connection lost');
        },
        answer('right'),
      ],
    });
    const { ending } = start({
      body: bodies.parallel,
      plan: testPlan({ steps: { facts: testRetrieve(), left: backtracking, right: testGenerate() } }),
      perform,
    });
    expect(await ending).toMatchObject({ type: 'succeeded', output: ['left', 'right'] });
  });

  test('what the chain does to an answer, or to its input, does not change the memory', async () => {
    const body: Body = async (input, { facts, draft, check }) => {
      const asked = input as { list: number[] };
      asked.list.push(1);
      const found = (await facts?.({})) as string[];
      found.push('changed by the chain');
      await check?.({ text: await draft?.({}) });
      return [asked.list.length, found];
    };
    const engine = createInProcessEngine({
      clock: createClock(),
      people: approveAll,
      perform: hands({
        facts: answer(['one']),
        draft: [answer('bad'), answer('good')],
        check: [answer('no', [verdictOf('fail', { blames: { step: 'draft', occurrence: null } })]), answer('yes')],
      }),
    });
    const plan = testPlan({
      steps: {
        facts: testRetrieve(),
        draft: testGenerate(),
        check: testGenerate({
          ladder: [
            { rung: 'backtrack', cap: 1, to: 'draft' },
            { rung: 'fail', cap: 1 },
          ],
        }),
      },
    });
    expect(await runInProcess({ plan, body, input: { list: [] }, engine })).toMatchObject({ output: [1, ['one', 'changed by the chain']] });
    expect(engine.calls.map(({ key }) => key.step)).toEqual(['facts', 'draft', 'check', 'draft', 'check']);
  });
});

describe('time', () => {
  const hanging: PerformCall = async (_, signal) => {
    await aborted(signal);
    return nothing('cancelled');
  };
  const plan = testPlan({
    steps: { facts: testRetrieve(), draft: testGenerate(), approve: testReview({ of: 'draft' }) },
    budget: { within_ms: 10_000 },
  });

  test('a run is stopped when its machine time is over and a call still hangs', async () => {
    const { engine, ending } = start({
      body: bodies.sleepy,
      plan: testPlan({ steps: { facts: testRetrieve() }, budget: { within_ms: 10_000 } }),
      perform: hanging,
      auto: false,
    });
    await engine.clock.advance(86_400_000);
    expect(engine.calls).toHaveLength(1);
    await engine.clock.advance(10_000 + 59_999);
    expect(engine.clock.sleepers()).toBe(1);
    await engine.clock.advance(1);
    expect(await ending).toMatchObject({ type: 'failed', error: { code: 'run_deadline' } });
  });

  test('the time of a person does not count', async () => {
    let decide: (value: Awaited<ReturnType<People>>) => void = () => undefined;
    const people: People = () =>
      new Promise((resolve) => {
        decide = resolve;
      });
    const { engine, ending } = start({ body: bodies.asking, plan, perform: hands({ draft: answer('text') }), people, auto: false });
    await engine.clock.advance(20 * 86_400_000);
    const [question] = engine.questions;
    expect(question?.status).toBe('pending');
    decide(await approveAll(question!.request, new AbortController().signal));
    expect(await ending).toMatchObject({ type: 'succeeded', output: 'text' });
  });

  test('a run that waits for nobody but time can be cancelled', async () => {
    const { engine, ending } = start({ body: bodies.sleepy, plan, perform: hands({ facts: answer(1) }), auto: false });
    await engine.clock.advance(1_000);
    engine.cancel();
    expect(await ending).toMatchObject({ type: 'cancelled' });
    expect(engine.clock.sleepers()).toBe(0);
    expect(engine.calls).toEqual([]);
  });

  test('a run that was cancelled before it began does nothing', async () => {
    const engine = createInProcessEngine({ clock: createClock(), perform: hands({}), people: nobodyThere });
    engine.cancel();
    expect(await runInProcess({ plan, body: bodies.asking, input: 'question', engine })).toMatchObject({ type: 'cancelled' });
    expect(engine.calls).toEqual([]);
  });

  test('what was slept in one pass is not slept again in the next', async () => {
    const timed = testPlan({ steps: { facts: testRetrieve(), draft: backtracking } });
    const { engine, ending } = start({
      body: bodies.timed,
      plan: timed,
      perform: hands({ facts: [answer(1), answer(2)], draft: [blamesFacts, answer('good')] }),
    });
    const began = engine.clock.now();
    await ending;
    expect(engine.clock.now() - began).toBe(3_600_000);
  });

  test('a question that is withdrawn though its pass lives counts as expired: the run does not hang', async () => {
    const { ending } = start({
      body: bodies.asking,
      plan,
      perform: hands({ draft: answer('text') }),
      people: async () => ({ type: 'cancelled' }),
    });
    expect(await ending).toMatchObject({ type: 'failed', error: { code: 'review_expired' } });
  });

  test('fifty steps at once are one run, within one budget', async () => {
    const body: Body = async (_, { draft }) => Promise.all(Array.from({ length: 50 }, (__, n) => draft?.({ n })));
    const wide = testPlan({ steps: { draft: testGenerate({ ladder: [{ rung: 'best', cap: 1 }] }) }, budget: { attempts: 50 } });
    const { engine, ending } = start({ body, plan: wide, perform: hands({ draft: (request) => answer(request.key.occurrence) }) });
    expect(await ending).toMatchObject({ output: Array.from({ length: 50 }, (_, n) => n + 1) });
    expect(engine.calls).toHaveLength(50);
  });

  test('a loop of the author around a person or an effect has an end: the run waits for other code', async () => {
    const body: Body = async (_question, steps) => {
      for (let n = 0; ; n += 1) await steps['approve']?.({ n });
    };
    const { engine } = start({
      body,
      plan: testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft' }) } }),
      perform: hands({}),
    });
    await engine.when(() => engine.causes.length > 0);
    expect(engine.causes).toMatchObject([
      { code: 'chain_error', step: 'approve', message: "step 'approve' was called 1000 times in one run: a loop around it does not end" },
    ]);
    expect(engine.questions).toHaveLength(1000);
  });
});
