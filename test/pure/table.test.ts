import { describe, expect, test } from 'vitest';
import { curesOf } from '../../src/correct/table.ts';
import { OutcomeKind, type Unanswered } from '../../src/shapes/outcome.ts';
import type { Rung } from '../../src/shapes/rung.ts';
import { testGenerate, testModel, testPlan, testRetrieve } from '../../testing/plans.ts';
import { verdictOf } from '../../testing/results.ts';
import { drive } from './step-drive.ts';

type Column = 'reask' | 'revise' | 'resample' | 'vote' | 'best_of' | 'model' | 'backtrack' | 'human';
const columns: Column[] = ['reask', 'revise', 'resample', 'vote', 'best_of', 'model', 'backtrack', 'human'];

/** The table of the design: which rung may follow which outcome. `again`: after a wait; `park`: blocked when nothing else is left. */
const rows: { outcomes: OutcomeKind[]; rungs: Column[]; otherwise: 'fail' | 'again' | 'park' }[] = [
  { outcomes: ['rejected'], rungs: ['revise', 'resample', 'vote', 'best_of', 'model', 'backtrack', 'human'], otherwise: 'fail' },
  { outcomes: ['unsure'], rungs: ['revise', 'resample', 'vote', 'best_of', 'model', 'human'], otherwise: 'fail' },
  { outcomes: ['invalid'], rungs: ['reask', 'resample', 'vote', 'best_of', 'model', 'human'], otherwise: 'fail' },
  { outcomes: ['truncated'], rungs: ['reask', 'model', 'human'], otherwise: 'fail' },
  { outcomes: ['refused', 'filtered'], rungs: ['model', 'human'], otherwise: 'fail' },
  { outcomes: ['rate_limited', 'overloaded', 'transport', 'abandoned', 'empty'], rungs: ['model'], otherwise: 'again' },
  { outcomes: ['too_large', 'spend_cap', 'auth', 'model_gone'], rungs: ['model'], otherwise: 'park' },
];
const cells = rows.flatMap(({ outcomes, rungs, otherwise }) =>
  outcomes.flatMap((outcome) => columns.map((rung) => ({ outcome, rung, follows: rungs.includes(rung), otherwise }))),
);

const rungOf = (rung: Column): Rung =>
  rung === 'model'
    ? { rung, cap: 1, model: 'other' }
    : rung === 'backtrack'
      ? { rung, cap: 1, to: 'facts' }
      : rung === 'human'
        ? { rung, cap: 1, queue: 'people' }
        : rung === 'vote'
          ? { rung, cap: 1, samples: 3, margin: 2 }
          : rung === 'best_of'
            ? { rung, cap: 1, of: 2, judge: 'taste' }
            : { rung, cap: 1 };

/** A run whose draft has one rung and `fail`, with that outcome of its first attempt. */
function after(outcome: OutcomeKind, rung: Rung, silent_tries = 1) {
  const ladder: Rung[] = rung.rung === 'human' ? [rung] : [rung, { rung: 'fail', cap: 1 }];
  const models = { other: testModel({ role: 'other', provider: 'elsewhere' }), same: testModel({ role: 'same' }) };
  const run = drive(testPlan({ steps: { facts: testRetrieve(), draft: testGenerate({ ladder, models }) }, limits: { silent_tries } }));
  run.call('facts');
  run.answer('facts', 'passages');
  run.call('draft');
  const blames = { step: 'facts', occurrence: null };
  if (outcome === 'rejected') return run.answer('draft', 'text', [verdictOf('fail', rung.rung === 'backtrack' ? { blames } : {})]);
  if (outcome === 'unsure') return run.answer('draft', 'text', [verdictOf('unsure', rung.rung === 'backtrack' ? { blames } : {})]);
  return run.silence('draft', outcome as Unanswered);
}

describe('which rung may follow which outcome', () => {
  test.each(cells)('$outcome, ladder [$rung]: the rung follows: $follows', ({ outcome, rung, follows, otherwise }) => {
    const { move, outcome: recorded } = after(outcome, rungOf(rung));
    expect(recorded).toBe(outcome);
    if (!follows) {
      if (otherwise === 'fail') expect(move).toMatchObject({ move: 'fail', code: 'ladder_exhausted' });
      else expect(move.move).toBe('block');
      return;
    }
    if (rung === 'human') expect(move).toMatchObject({ move: 'ask', queue: 'people' });
    else if (rung === 'backtrack') expect(move).toMatchObject({ move: 'backtrack', to: { step: 'facts', occurrence: 1 } });
    else if (rung === 'vote' || rung === 'best_of')
      expect(move).toMatchObject({
        move: 'sample',
        drafts: [
          { attempt: 2, remedy: rung, hint: null },
          { attempt: 3, remedy: rung },
        ],
      });
    else
      expect(move).toMatchObject({
        move: 'attempt',
        attempt: 2,
        remedy: rung,
        widen: outcome === 'truncated' && rung === 'reask',
        role: rung === 'model' ? 'other' : null,
      });
  });

  test.each(rows.flatMap(({ outcomes, otherwise }) => outcomes.map((outcome) => ({ outcome, otherwise }))))(
    '$outcome is tried again first, before the ladder: only where the table says so',
    ({ outcome, otherwise }) => {
      const { move } = after(outcome, rungOf('model'), 3);
      if (otherwise !== 'again') expect(move).toMatchObject({ move: 'attempt', remedy: 'model' });
      else if (outcome === 'abandoned') expect(move).toMatchObject({ move: 'attempt', remedy: 'retry' });
      else expect(move.move).toBe('wait');
    },
  );

  test.each(['spend_cap', 'auth', 'model_gone'] as const)('after %s only a model of another account helps', (outcome) => {
    expect(after(outcome, { rung: 'model', cap: 1, model: 'same' }).move).toMatchObject({ move: 'block', code: outcome });
    expect(after(outcome, { rung: 'model', cap: 1, model: 'other' }).move).toMatchObject({ move: 'attempt', role: 'other' });
  });

  test.each(['too_large', 'transport', 'refused'] as const)('after %s another model of the same account may help', (outcome) => {
    expect(after(outcome, { rung: 'model', cap: 1, model: 'same' }).move).toMatchObject({ move: 'attempt', role: 'same' });
  });

  test('every outcome has its row', () => {
    const listed = new Set<string>(rows.flatMap(({ outcomes }) => outcomes));
    const rest = OutcomeKind.options.filter((outcome) => !listed.has(outcome));
    expect(rest.toSorted()).toEqual(['accepted', 'accepted_under_exhaustion', 'cancelled', 'sampled']);
    expect(curesOf('accepted')).toEqual([]);
    expect(curesOf('cancelled')).toEqual(['again', 'park']);
  });
});
