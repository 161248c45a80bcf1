import { describe, expect, it } from 'vitest';
import type { Move } from '../../src/correct/move.ts';
import type { Rung } from '../../src/shapes/rung.ts';
import type { Plan, PlannedGenerate } from '../../src/shapes/plan.ts';
import { testCritic, testGenerate, testModel, testPlan, testReview, testRetrieve, testTool } from '../../testing/plans.ts';
import { verdictOf } from '../../testing/results.ts';
import { drive } from './step-drive.ts';

const list = [testTool('look'), testTool('search'), testTool('refund', { effect: 'writes', place: 'regular' })];
const planOf = (turns: number, change: Partial<PlannedGenerate> = {}, budget: Partial<Plan['budget']> = {}): Plan =>
  testPlan({ steps: { draft: testGenerate({ tools: { list, turns }, ...change }) }, budget });
const start = (plan: Plan) => {
  const run = drive(plan);
  run.call('draft');
  return run;
};
const callsOf = (move: Move) => (move.move === 'tool' ? move.calls.map(({ n, try: tries, refused }) => [n, tries, refused]) : move);

describe('a model with tools', () => {
  it('gets what its calls gave and goes on, until it answers and is judged', () => {
    const run = start(planOf(6));
    const asked = run.want('draft', [{ tool: 'look' }, { tool: 'search' }]);
    expect(asked.move).toEqual({
      move: 'tool',
      attempt: 1,
      turn: 1,
      calls: [
        { n: 0, try: 1, refused: null },
        { n: 1, try: 1, refused: null },
      ],
    });
    expect(asked.outcome).toBeNull();
    expect(run.told('draft', 'given', 'failed').move).toMatchObject({ move: 'turn', attempt: 1, turn: 2, try: 1, last: false });
    expect(run.answer('draft', 'text').move).toMatchObject({ move: 'accept', attempt: 1, how: 'accepted' });
  });

  it('must answer in its last turn', () => {
    const run = start(planOf(3));
    run.want('draft', [{ tool: 'look' }]);
    expect(run.told('draft', 'given').move).toMatchObject({ move: 'turn', turn: 2, last: false });
    run.want('draft', [{ tool: 'look' }]);
    expect(run.told('draft', 'given').move).toMatchObject({ move: 'turn', turn: 3, last: true });
    const over = run.want('draft', [{ tool: 'look' }]);
    expect(over).toMatchObject({ outcome: 'invalid', move: { move: 'ask', why: expect.stringContaining('had to answer') } });
  });

  it('is told of calls that do not fit or that there are not, and they cost it a turn', () => {
    const run = start(planOf(2));
    const asked = run.want('draft', [{ tool: 'look', fits: false }, { tool: 'rm' }, { tool: 'search' }]);
    expect(callsOf(asked.move)).toEqual([
      [0, 1, 'misfit'],
      [1, 1, 'misfit'],
      [2, 1, null],
    ]);
    expect(run.told('draft', 'failed', 'failed', 'given').move).toMatchObject({ move: 'turn', turn: 2, last: true });
  });

  it('waits in the middle and goes on with the same turn, in the same attempt', () => {
    const run = start(planOf(6));
    run.want('draft', [{ tool: 'look' }]);
    run.told('draft', 'given');
    const limited = run.silence('draft', 'rate_limited', { retry_after_ms: 700 });
    expect(limited).toMatchObject({ move: { move: 'wait', ms: 700 }, outcome: null });
    expect(run.waited('draft').move).toMatchObject({ move: 'turn', attempt: 1, turn: 2, try: 2 });
    expect(run.answer('draft', 'text').move).toMatchObject({ move: 'accept', attempt: 1 });
    expect(run.slice('draft')).toMatchObject({ attempt: 1, answers: 1 });
  });

  it('begins anew with another model where the provider stays silent, and is parked without one', () => {
    const large = testModel({ role: 'large', provider: 'other' });
    const ladder: Rung[] = [
      { rung: 'model' as const, model: 'large', cap: 1 },
      { rung: 'fail' as const, cap: 1 },
    ];
    const run = start(planOf(6, { ladder, models: { large } }));
    run.want('draft', [{ tool: 'look' }]);
    run.told('draft', 'given');
    const gone = run.silence('draft', 'auth');
    expect(gone).toMatchObject({ outcome: 'auth', move: { move: 'attempt', attempt: 2, answer: 1, role: 'large' } });
    expect(run.slice('draft').talk).toBeNull();
    run.want('draft', [{ tool: 'look' }]);
    run.told('draft', 'given');
    expect(run.silence('draft', 'auth').move).toMatchObject({ move: 'block', code: 'auth' });
    expect(run.resumed('draft').move).toMatchObject({ move: 'turn', attempt: 2, turn: 2, try: 2 });
  });

  it('makes a call again whose worker was lost, and tells the model when that goes on', () => {
    const run = start(planOf(6));
    run.want('draft', [{ tool: 'look' }, { tool: 'search' }]);
    expect(callsOf(run.told('draft', 'lost', 'given').move)).toEqual([[0, 2, null]]);
    expect(callsOf(run.told('draft', 'lost').move)).toEqual([[0, 3, null]]);
    expect(callsOf(run.told('draft', 'lost').move)).toEqual([[0, 4, null]]);
    expect(run.told('draft', 'lost').move).toMatchObject({ move: 'turn', turn: 2 });
  });

  it('is parked while this build has not the tool, and then makes the same calls', () => {
    const run = start(planOf(6));
    run.want('draft', [{ tool: 'look' }, { tool: 'search' }]);
    expect(run.stuck('draft').move).toMatchObject({ move: 'block', code: 'tool_missing' });
    expect(run.resumed('draft').move).toMatchObject({ move: 'tool', attempt: 1, turn: 1, calls: [{ try: 1 }, { try: 1 }] });
  });

  it('starts a new talk after a rejection, and sends nothing of the old one', () => {
    const run = start(
      planOf(6, {
        ladder: [
          { rung: 'revise', cap: 1 },
          { rung: 'fail', cap: 1 },
        ],
      }),
    );
    run.want('draft', [{ tool: 'look' }]);
    run.told('draft', 'given');
    const revised = run.answer('draft', 'text', [verdictOf('fail', { reason: 'too long' })]);
    expect(revised.move).toMatchObject({ move: 'attempt', attempt: 2, remedy: 'revise', hint: { verdicts: [{ reason: 'too long' }] } });
    expect(run.slice('draft').talk).toBeNull();
    run.want('draft', [{ tool: 'look' }]);
    expect(run.told('draft', 'given').move).toMatchObject({ turn: 2, attempt: 2, hint: { verdicts: [{ reason: 'too long' }] } });
  });

  it('is asked within the budget: each turn is an answer, and what it has read counts', () => {
    const run = start(planOf(6, {}, { attempts: 2 }));
    run.want('draft', [{ tool: 'look' }]);
    const second = run.told('draft', 'given');
    expect(second.move).toMatchObject({ move: 'turn', turn: 2 });
    expect(run.state.reserved.tokens).toBeGreaterThan(Math.ceil((30 + 90 + 30 + 60) / 3));
    run.want('draft', [{ tool: 'look' }]);
    const third = run.told('draft', 'given');
    expect(third).toMatchObject({ outcome: 'truncated', move: { move: 'ask', why: 'the budget of the run is spent' } });
    expect(run.state.spent.attempts).toBe(2);
    expect(run.state.reserved).toEqual({ usd: 0, tokens: 0, attempts: 0 });
  });
});

describe('calls that cost money', () => {
  const priced = [testTool('look'), testTool('search', { usd: 0.4 }), testTool('refund', { effect: 'writes', place: 'regular', usd: 0.4 })];
  const model = testModel({ input_usd_per_mtok: 0, output_usd_per_mtok: 0 });
  const paying = () => start(planOf(9, { tools: { list: priced, turns: 9 }, model }, { usd: 1 }));

  it('are set aside for before they are made, and booked as they were', () => {
    const run = paying();
    run.want('draft', [{ tool: 'search' }, { tool: 'search', mark: 'other' }, { tool: 'look' }, { tool: 'search', fits: false }]);
    expect(run.state.reserved.usd).toBeCloseTo(0.8, 9);
    run.billed('draft', 0.5, 'given', 'given', 'given', 'failed');
    expect([run.state.spent.usd, run.state.reserved.usd]).toEqual([0.5, 0]);
  });

  it('count as all that was set aside where nobody knows what they cost', () => {
    const run = paying();
    run.want('draft', [{ tool: 'search' }]);
    expect(run.billed('draft', null, 'lost').move).toMatchObject({ move: 'tool', calls: [{ try: 2 }] });
    expect(run.state.spent.usd).toBeCloseTo(0.4, 9);
    expect(run.state.reserved.usd).toBeCloseTo(0.4, 9);
  });

  it('are not made where the money does not suffice; those that cost nothing still are', () => {
    const run = paying();
    run.want('draft', [{ tool: 'search' }]);
    run.billed('draft', 0.4, 'given');
    run.want('draft', [{ tool: 'search', mark: 'other' }]);
    run.billed('draft', 0.4, 'given');
    expect(run.want('draft', [{ tool: 'look' }]).move).toMatchObject({ move: 'tool' });
    run.told('draft', 'given');
    expect(run.want('draft', [{ tool: 'search', mark: 'third' }])).toMatchObject({
      outcome: 'truncated',
      move: { move: 'ask', why: 'the budget of the run is spent' },
    });
  });

  it('that a person allowed are made all the same', () => {
    const run = paying();
    run.want('draft', [{ tool: 'search' }, { tool: 'search', mark: 'other' }]);
    run.billed('draft', 0.8, 'given', 'given');
    run.want('draft', [{ tool: 'refund' }]);
    expect(run.decide('draft', 'approve').move).toMatchObject({ move: 'tool', calls: [{ n: 0, refused: null }] });
  });
});

describe('a critic of a model with tools', () => {
  it('is reserved for with all that the tools may have found', () => {
    const reservedAfter = (...talk: { tool: string }[]): number => {
      const run = start(planOf(6, { critics: [testCritic('one')] }));
      if (talk.length > 0) {
        run.want('draft', talk);
        run.told('draft', ...talk.map(() => 'given' as const));
      }
      expect(run.answer('draft', 'text').move).toMatchObject({ move: 'judge', turn: 1 });
      return run.state.reserved.tokens;
    };
    // 30 bytes said and 30 told, at three a token.
    expect(reservedAfter({ tool: 'look' }) - reservedAfter()).toBe(20);
  });
});

describe('a call that writes', () => {
  const asked = (run = start(planOf(6))) => ({ run, move: run.want('draft', [{ tool: 'refund' }, { tool: 'look' }]).move });

  it('waits for a person, behind the calls that read', () => {
    const { run, move } = asked();
    expect(callsOf(move)).toEqual([[1, 1, null]]);
    const ask = run.told('draft', 'given').move;
    expect(ask).toMatchObject({ move: 'ask', ask: 1, queue: 'people', wanted: 0, candidate: null, why: expect.stringContaining('refund') });
    expect(run.state.acts).toEqual([]);
    expect(callsOf(run.decide('draft', 'approve').move)).toEqual([[0, 1, null]]);
    expect(run.state.acts).toEqual([1]);
    expect(run.told('draft', 'given').move).toMatchObject({ move: 'turn', turn: 2 });
  });

  it.each(['reject', 'respond'] as const)('is not made after %s, and is not asked about again', (decision) => {
    const { run } = asked();
    run.told('draft', 'given');
    expect(callsOf(run.decide('draft', decision).move)).toEqual([[0, 1, 'person']]);
    expect(run.state.acts).toEqual([]);
    run.told('draft', 'failed');
    expect(callsOf(run.want('draft', [{ tool: 'refund' }]).move)).toEqual([[0, 1, 'before']]);
  });

  it('that went out is not made again, in a later attempt neither', () => {
    const { run } = asked(
      start(
        planOf(6, {
          ladder: [
            { rung: 'revise', cap: 1 },
            { rung: 'fail', cap: 1 },
          ],
        }),
      ),
    );
    run.told('draft', 'given');
    run.decide('draft', 'approve');
    run.told('draft', 'given');
    run.answer('draft', 'text', [verdictOf('fail')]);
    expect(callsOf(run.want('draft', [{ tool: 'refund' }]).move)).toEqual([[0, 1, 'before']]);
  });

  it('that failed is made again as it was allowed; with changed arguments a person is asked again', () => {
    const { run } = asked();
    run.told('draft', 'given');
    run.decide('draft', 'approve');
    run.told('draft', 'failed');
    expect(callsOf(run.want('draft', [{ tool: 'refund' }]).move)).toEqual([[0, 1, null]]);
    const other = asked();
    other.run.told('draft', 'given');
    other.run.decide('draft', 'edit');
    other.run.told('draft', 'failed');
    expect(other.run.want('draft', [{ tool: 'refund' }]).move).toMatchObject({ move: 'ask', ask: 2 });
  });

  it('twice in one turn is one call', () => {
    const run = start(planOf(6));
    run.want('draft', [{ tool: 'refund' }, { tool: 'refund' }]);
    expect(callsOf(run.decide('draft', 'approve').move)).toEqual([[0, 1, null]]);
    expect(callsOf(run.told('draft', 'given').move)).toEqual([[1, 1, 'before']]);
  });

  it('fails the step when nobody decides', () => {
    const { run } = asked();
    run.told('draft', 'given');
    expect(run.decide('draft', 'expired').move).toMatchObject({ move: 'fail', code: 'review_expired' });
  });

  it('bars the way back to what lies before it', () => {
    const steps = {
      facts: testRetrieve(),
      draft: testGenerate({
        tools: { list, turns: 6 },
        ladder: [
          { rung: 'backtrack', to: 'facts', cap: 1 },
          { rung: 'human', queue: 'people', cap: 1 },
        ],
      }),
      approve: testReview({ of: 'draft' }),
    };
    const run = drive(testPlan({ steps }));
    run.call('facts');
    run.answer('facts', 'found');
    run.call('draft');
    run.want('draft', [{ tool: 'refund' }]);
    run.decide('draft', 'approve');
    run.told('draft', 'given');
    const blame = verdictOf('fail', { blames: { step: 'facts', occurrence: null } });
    expect(run.answer('draft', 'text', [blame]).move).toMatchObject({ move: 'ask', queue: 'people' });
  });
});
