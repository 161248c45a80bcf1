import { describe, expect, test } from 'vitest';
import type { PlannedGenerate } from '../../src/shapes/plan.ts';
import type { Rung } from '../../src/shapes/rung.ts';
import { testAct, testCritic, testGenerate, testModel, testPlan, testRetrieve, testReview } from '../../testing/plans.ts';
import { failed, passed, verdictOf } from '../../testing/results.ts';
import { drive } from './step-drive.ts';

const human: Rung = { rung: 'human', cap: 2, queue: 'people' };
const revise: Rung = { rung: 'revise', cap: 1 };
const back: Rung = { rung: 'backtrack', cap: 1, to: 'facts' };
const blaming = verdictOf('fail', { reason: 'the sources do not say', blames: { step: 'facts', occurrence: null }, missing: 'the fee' });

const start = (change: Partial<PlannedGenerate>, more = {}) => {
  const run = drive(
    testPlan({
      steps: {
        facts: testRetrieve(),
        draft: testGenerate(change),
        approve: testReview({ of: 'draft' }),
        send: testAct(),
        more: testGenerate(change),
      },
      ...more,
    }),
  );
  run.call('facts');
  run.answer('facts', 'passages');
  return run;
};

describe('the ladder', () => {
  test('rungs are taken in order, each as often as its cap says, and the last one ends it', () => {
    const run = start({ ladder: [{ rung: 'revise', cap: 2 }, { rung: 'resample', cap: 1 }, human] });
    run.call('draft');
    expect(['a', 'b', 'c', 'd'].map((text) => run.answer('draft', text, [failed]).move)).toMatchObject([
      { move: 'attempt', remedy: 'revise' },
      { move: 'attempt', remedy: 'revise' },
      { move: 'attempt', remedy: 'resample', hint: null },
      { move: 'ask', candidate: 4 },
    ]);
  });

  test('a blamed earlier step is done again at once, without burning the rungs above', () => {
    const run = start({ ladder: [revise, back, human] });
    run.call('draft');
    expect(run.answer('draft', 'a', [passed, blaming]).move).toEqual({
      move: 'backtrack',
      to: { step: 'facts', occurrence: 1 },
      verdicts: [blaming],
    });
    run.call('facts', { pass: 2, blamedFor: [blaming] });
    run.answer('facts', 'more passages');
    run.call('draft', { pass: 2 });
    expect(run.answer('draft', 'b', [blaming]).move).toMatchObject({ move: 'attempt', remedy: 'revise' });
  });

  test('an answer that only an abandoned pass had is not blamed', () => {
    const run = drive(testPlan({ steps: { facts: testRetrieve(), draft: testGenerate({ ladder: [back, human] }) } }));
    run.call('facts');
    run.answer('facts', 'passages of a loop that is shorter now');
    run.call('draft', { pass: 2 });
    expect(run.answer('draft', 'a', [blaming]).move).toMatchObject({ move: 'ask' });
  });

  test('an effect that went out after the blamed step is a barrier: a person is asked', () => {
    const run = start({ ladder: [revise, back, human] });
    run.call('send');
    run.answer('send', 'sent');
    run.call('draft');
    expect(run.answer('draft', 'a', [blaming]).move).toMatchObject({ move: 'ask', verdicts: [blaming] });
  });

  test('an effect is its own barrier', () => {
    const run = start({ ladder: [{ rung: 'backtrack', cap: 1, to: 'send' }, human] });
    run.call('send');
    run.answer('send', 'sent');
    run.call('draft');
    expect(run.answer('draft', 'a', [verdictOf('fail', { blames: { step: 'send', occurrence: null } })]).move).toMatchObject({
      move: 'ask',
    });
  });

  test('the same rejected text twice ends a rung, but a person is asked again', () => {
    const run = start({ ladder: [{ rung: 'revise', cap: 5 }, human] });
    run.call('draft');
    run.answer('draft', 'same', [failed]);
    expect(run.answer('draft', 'same', [failed]).move).toMatchObject({ move: 'ask', ask: 1 });
    run.decide('draft', 'respond');
    expect(run.answer('draft', 'same', [failed]).move).toMatchObject({ move: 'ask', ask: 2 });
  });

  test('the words of a person and of a later step stay with every attempt of the step', () => {
    const run = start({ ladder: [{ rung: 'reask', cap: 2 }, { rung: 'resample', cap: 1 }, human] });
    expect(run.call('draft', { blamedFor: [blaming] })).toMatchObject({ remedy: 'backtrack', hint: { previous: 0, verdicts: [blaming] } });
    const { move } = run.silence('draft', 'invalid', { message: 'no JSON' });
    expect(move).toMatchObject({
      remedy: 'reask',
      hint: { previous: 1, verdicts: [{ critic: 'schema', reason: 'invalid: no JSON' }, blaming] },
    });
    expect(run.silence('draft', 'transport').move.move).toBe('wait');
    expect(run.waited('draft').move).toMatchObject({ remedy: 'retry', hint: { previous: 1, verdicts: [{ critic: 'schema' }, blaming] } });
    expect(run.answer('draft', 'a', [failed]).move).toMatchObject({ remedy: 'resample', hint: { previous: null, verdicts: [blaming] } });
    run.answer('draft', 'b', [failed]);
    expect(run.decide('draft', 'respond', 'seen', 'shorter').move).toMatchObject({
      remedy: 'human',
      hint: { previous: 4, verdicts: [blaming, { critic: 'person', reason: 'shorter' }] },
    });
  });

  test('a provider that is down and was not asked is not waited for where a rung names a model of another', () => {
    const models = { large: testModel({ role: 'large' }), elsewhere: testModel({ role: 'elsewhere', provider: 'other' }) };
    const rungs: Rung[] = [{ rung: 'model', cap: 1, model: 'large' }, { rung: 'model', cap: 1, model: 'elsewhere' }, human];
    const run = start({ ladder: rungs, models });
    run.call('draft');
    expect(run.silence('draft', 'overloaded').move.move, 'it was asked').toBe('wait');
    run.waited('draft');
    const { move } = run.silence('draft', 'overloaded', { left_alone: true });
    expect(move).toMatchObject({ move: 'attempt', remedy: 'model', role: 'elsewhere' });
    const same = start({ ladder: [{ rung: 'model', cap: 1, model: 'large' }, human], models });
    same.call('draft');
    expect(same.silence('draft', 'overloaded', { left_alone: true }).move.move, 'both are down').toBe('wait');
  });

  test('another model starts with a fresh count of silence', () => {
    const run = start(
      { ladder: [{ rung: 'model', cap: 1, model: 'large' }, human], models: { large: testModel({ role: 'large' }) } },
      { limits: { silent_tries: 2 } },
    );
    run.call('draft');
    expect(run.silence('draft', 'overloaded').move.move).toBe('wait');
    run.waited('draft');
    expect(run.silence('draft', 'overloaded').move).toMatchObject({
      move: 'attempt',
      role: 'large',
      remedy: 'model',
      answer: 1,
      attempt: 3,
    });
    expect(run.silence('draft', 'overloaded').move.move).toBe('wait');
    run.waited('draft');
    expect(run.silence('draft', 'overloaded').move).toMatchObject({ move: 'block', code: 'provider_down', retry_after_ms: 60_000 });
    expect(run.resumed('draft').move).toMatchObject({ move: 'attempt', role: 'large', remedy: 'retry' });
  });

  test.each(['rate_limited', 'transport', 'auth', 'too_large', 'abandoned', 'cancelled'] as const)(
    '%s for ever ends: parked ever longer, then failed',
    (outcome) => {
      const run = start({ ladder: [human] }, { budget: { within_ms: 1e12 } });
      let { move } = { move: run.call('draft') };
      let moves = 0;
      while (move.move !== 'fail') {
        moves += 1;
        if (moves > 10_000) break;
        ({ move } =
          move.move === 'attempt' ? run.silence('draft', outcome) : move.move === 'wait' ? run.waited('draft') : run.resumed('draft'));
      }
      expect(move).toMatchObject({ move: 'fail' });
      expect(moves).toBeLessThan(10_000);
    },
  );
});

describe('what passes a draft', () => {
  const judged = () => start({ critics: [testCritic('one'), testCritic('two')], ladder: [revise, human] });

  test('all verdicts pass: accepted', () => {
    const run = judged();
    run.call('draft');
    expect(run.answer('draft', 'a').move).toMatchObject({ move: 'judge', critic: { name: 'one' }, turn: 1 });
    expect(run.answer('draft', '-').move).toMatchObject({ move: 'judge', critic: { name: 'two' }, turn: 1 });
    expect(run.answer('draft', '-')).toMatchObject({ move: { move: 'accept', attempt: 1, how: 'accepted' }, outcome: 'accepted' });
  });

  test('critics judge a draft that no rule has looked at', () => {
    const run = judged();
    run.call('draft');
    expect(run.answer('draft', 'a', []).move.move).toBe('judge');
  });

  test('without rules and critics nothing is accepted', () => {
    const run = start({ ladder: [human] });
    run.call('draft');
    expect(run.answer('draft', 'a', [])).toMatchObject({ move: { move: 'ask' }, outcome: 'unsure' });
  });

  test('a critic without a verdict, with nonsense or in doubt has passed nothing', () => {
    for (const mumble of ['empty', 'nonsense', 'unsure'] as const) {
      const run = judged();
      run.call('draft');
      run.answer('draft', 'a');
      const said =
        mumble === 'empty'
          ? run.answer('draft', '-', [])
          : mumble === 'nonsense'
            ? run.silence('draft', 'invalid')
            : run.answer('draft', '-', [verdictOf('unsure')]);
      expect(said, mumble).toMatchObject({ move: { move: 'attempt', remedy: 'revise' }, outcome: 'unsure' });
    }
  });

  test("a critic's provider trouble retries the critic on the same draft", () => {
    const run = judged();
    run.call('draft');
    run.answer('draft', 'a');
    expect(run.silence('draft', 'overloaded').move.move).toBe('wait');
    expect(run.waited('draft').move).toMatchObject({ move: 'judge', attempt: 1, critic: { name: 'one' }, turn: 2 });
    expect(run.silence('draft', 'auth').move).toMatchObject({ move: 'block', code: 'auth' });
    expect(run.resumed('draft').move).toMatchObject({ move: 'judge', attempt: 1, turn: 3 });
    expect(run.stuck('draft').move).toMatchObject({ move: 'block', code: 'tool_missing' });
    expect(run.resumed('draft').move).toMatchObject({ move: 'judge', attempt: 1, turn: 3 });
  });

  test('a call that the build could not make has no row: its number is used again', () => {
    const run = judged();
    expect(run.call('draft')).toMatchObject({ attempt: 1, answer: 1 });
    expect(run.stuck('draft').move).toMatchObject({ move: 'block', code: 'tool_missing' });
    expect(run.resumed('draft').move).toMatchObject({ move: 'attempt', attempt: 1, answer: 1 });
    expect(run.state.reserved.attempts).toBe(1);
  });

  test('the best candidate goes on where the ladder says so; the attempt before keeps its own outcome', () => {
    const run = start({ ladder: [revise, { rung: 'best', cap: 1 }] });
    run.call('draft');
    run.answer('draft', 'doubtful', [verdictOf('unsure')]);
    expect(run.answer('draft', 'wrong', [failed])).toMatchObject({
      move: { move: 'accept', attempt: 1, how: 'accepted_under_exhaustion' },
      outcome: 'rejected',
    });
    expect(run.slice('draft').output).toBe('doubtful');
  });

  test('an input is no candidate: without any answer there is nothing to go on with, and nothing to approve', () => {
    const penniless = { budget: { attempts: 1 } };
    const best = start({ ladder: [{ rung: 'best', cap: 1 }] }, penniless);
    expect(best.call('draft')).toMatchObject({ move: 'fail', code: 'budget_exhausted' });
    const asking = start({ ladder: [human] }, penniless);
    expect(asking.call('draft')).toMatchObject({ move: 'ask', candidate: null });
    expect(asking.decide('draft', 'approve').move).toMatchObject({
      move: 'ask',
      ask: 2,
      why: 'there is no answer to approve: write one, or send it back',
    });
    expect(asking.decide('draft', 'edit', 'written').move).toMatchObject({ move: 'accept', how: 'edited' });
  });
});

describe('a person', () => {
  test('what the rung human accepted need not be approved again byte for byte', () => {
    const run = start({ ladder: [human] });
    run.call('draft');
    run.answer('draft', 'a', [failed]);
    expect(run.decide('draft', 'approve', 'hash of a').move).toMatchObject({ move: 'accept', attempt: 1 });
    expect(run.call('approve', { value: 'hash of a' })).toMatchObject({ move: 'accept', how: 'given' });
    expect(run.call('approve', { value: 'hash of b' })).toMatchObject({ move: 'ask' });
  });

  test('what is sent back blames the step whose answer it is, at most so often', () => {
    const run = drive(testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft', returns: 2 }) } }));
    for (let pass = 1; pass <= 3; pass += 1) {
      run.call('draft', { pass });
      run.answer('draft', `text ${pass}`);
      expect(run.call('approve', { pass, value: `text ${pass}` }).move).toBe('ask');
      const { move } = run.decide('approve', 'reject', 'seen', 'too long');
      if (pass < 3)
        expect(move).toMatchObject({
          move: 'backtrack',
          to: { step: 'draft', occurrence: pass },
          verdicts: [{ critic: 'person', reason: 'too long' }],
        });
      else expect(move).toMatchObject({ move: 'fail', code: 'rejected_by_person' });
    }
  });

  test('of two answers of a step the one that was shown is blamed', () => {
    const run = drive(testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft' }) } }));
    run.call('draft');
    run.answer('draft', 'shown');
    run.call('draft', { lineage: 'draft#2' });
    run.answer('draft', 'another');
    run.call('approve', { value: 'shown' });
    expect(run.decide('approve', 'reject').move).toMatchObject({ move: 'backtrack', to: { step: 'draft', occurrence: 1 } });
  });

  test('what went out cannot be sent back: the person is asked to approve or edit', () => {
    const run = drive(testPlan({ steps: { draft: testGenerate(), send: testAct(), approve: testReview({ of: 'draft' }) } }));
    run.call('draft');
    run.answer('draft', 'a');
    run.call('send');
    run.answer('send', 'sent');
    run.call('approve', { value: 'a' });
    expect(run.decide('approve', 'reject').move).toMatchObject({ move: 'ask', ask: 2 });
  });

  test('nobody decided in time: the step fails', () => {
    const run = start({ ladder: [human] });
    run.call('draft');
    run.answer('draft', 'a', [failed]);
    expect(run.decide('draft', 'expired').move).toMatchObject({ move: 'fail', code: 'review_expired' });
    run.call('approve');
    expect(run.decide('approve', 'expired').move).toMatchObject({ move: 'fail', code: 'review_expired' });
  });
});
