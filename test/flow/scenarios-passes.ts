/** Passes and memory (C6). */
import { expect } from 'vitest';
import { testAct, testGenerate, testPlan, testRetrieve, testReview } from '../../testing/plans.ts';
import { answer, failed, nothing, passed, verdictOf } from '../../testing/results.ts';
import { approveAll, inTurn, peopleOf } from '../../testing/scripted-people.ts';
import { aborted, adviceOf, callsOf, hands, outputOf, type Scenario } from './scenario.ts';

const backtracking = (to: string) =>
  testGenerate({
    ladder: [
      { rung: 'backtrack', cap: 1, to },
      { rung: 'human', cap: 1, queue: 'people' },
    ],
  });
const blaming = (step: string, missing?: string) =>
  answer({ text: `blames ${step}` }, [
    verdictOf('fail', {
      critic: 'sources',
      reason: 'not in the sources',
      blames: { step, occurrence: null },
      ...(missing ? { missing } : {}),
    }),
  ]);
const superseded = (step: string, occurrence: number, by: number | null) => ({
  note: 'step',
  step,
  occurrence,
  status: 'superseded',
  attempt: null,
  superseded_by: by,
});

export const passes: Scenario[] = [
  {
    name: 'a backtrack out of Promise.all cancels the other branch, redoes the blamed step with what is missing, then what hangs on it',
    plan: testPlan({ steps: { facts: testRetrieve(), left: backtracking('facts'), right: testGenerate() } }),
    body: 'parallel',
    script: () => ({
      perform: hands({
        facts: [answer(['old']), answer(['new'])],
        left: [blaming('facts', 'the fee'), answer('left')],
        right: [(_, signal) => aborted(signal).then(() => nothing('cancelled')), answer('right')],
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['left', 'right']);
      expect(seen.calls.map(({ key, pass, remedy }) => [key.step, key.occurrence, pass, remedy])).toEqual([
        ['facts', 1, 1, 'first'],
        ['left', 1, 1, 'first'],
        ['right', 1, 1, 'first'],
        ['facts', 2, 2, 'backtrack'],
        ['left', 2, 2, 'first'],
        ['right', 2, 2, 'first'],
      ]);
      expect(adviceOf(callsOf(seen, 'facts')[1])).toMatchObject({
        previous: null,
        verdicts: [{ missing: 'the fee', reason: 'not in the sources' }],
        comment: null,
      });
      for (const step of ['facts', 'left', 'right']) expect(seen.notes).toContainEqual(superseded(step, 1, 2));
      expect(seen.notes).toContainEqual({ note: 'outcome', step: 'left', occurrence: 1, attempt: 1, outcome: 'rejected' });
    },
  },
  {
    name: 'an answer that is accepted while its abandoned pass drains is kept',
    plan: testPlan({ steps: { facts: testRetrieve(), left: backtracking('facts'), right: testGenerate() } }),
    body: 'independent',
    script: () => ({
      perform: hands({
        facts: [answer(['old']), answer(['new'])],
        left: [blaming('facts'), answer('left')],
        right: (_, signal) => aborted(signal).then(() => answer('right')),
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['left', 'right']);
      expect(callsOf(seen, 'right')).toHaveLength(1);
      expect(seen.notes.filter(({ step }) => step === 'right')).toEqual([
        { note: 'outcome', step: 'right', occurrence: 1, attempt: 1, outcome: 'accepted' },
        { note: 'step', step: 'right', occurrence: 1, status: 'accepted', attempt: 1, superseded_by: null },
      ]);
    },
  },
  {
    name: "an author's try cannot swallow a backtrack, and finally runs once",
    plan: testPlan({ steps: { facts: testRetrieve(), draft: backtracking('facts') } }),
    body: 'swallowing',
    script: () => ({
      perform: hands({ facts: [answer(['old']), answer(['new'])], draft: [blaming('facts'), answer('good'), answer('finally')] }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('good');
      expect(seen.calls.map(({ key }) => key.step)).toEqual(['facts', 'draft', 'facts', 'draft', 'draft']);
    },
  },
  {
    name: 'a loop may be longer in the next pass: what it did is answered from memory, wherever it stands now',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate(), check: backtracking('facts') } }),
    body: 'looping',
    script: () => ({
      perform: hands({
        facts: [answer(['one', 'two']), answer(['zero', 'one', 'two'])],
        draft: (request) => answer(`about ${(request.input as { passage: string }).passage}`),
        check: [blaming('facts'), answer('fine')],
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['about zero', 'about one', 'about two']);
      expect(callsOf(seen, 'draft').map(({ input, key }) => [(input as { passage: string }).passage, key.occurrence])).toEqual([
        ['one', 1],
        ['two', 2],
        ['zero', 3],
      ]);
      expect(seen.notes.filter((note) => note.note === 'step' && note.step === 'draft' && note.status === 'superseded')).toEqual([]);
      expect(seen.notes).toContainEqual(superseded('check', 1, 2));
    },
  },
  {
    name: 'a loop may be shorter in the next pass: what is not used any more is history on the record',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate(), check: backtracking('facts') } }),
    body: 'looping',
    script: () => ({
      perform: hands({
        facts: [answer(['one', 'two']), answer(['two'])],
        draft: (request) => answer(request.input),
        check: [blaming('facts'), answer('fine')],
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual([{ passage: 'two' }]);
      expect(callsOf(seen, 'draft')).toHaveLength(2);
      expect(seen.notes.filter((note) => note.note === 'step' && note.step === 'draft' && note.status === 'superseded')).toEqual([
        superseded('draft', 1, null),
      ]);
    },
  },
  {
    name: 'clock, chance and sleep are the same in every pass, and nobody sleeps twice',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: backtracking('facts') } }),
    body: 'timed',
    script: () => ({ perform: hands({ facts: [answer(['old']), answer(['new'])], draft: [blaming('facts'), answer('good')] }) }),
    expect(ended, seen) {
      const [first, second] = callsOf(seen, 'draft').map(({ input }) => input as { started: number; luck: number[]; woke: number });
      expect(second).toMatchObject({ started: first?.started, luck: first?.luck, woke: first?.woke });
      expect(first?.luck[0]).not.toBe(first?.luck[1]);
      expect((first?.woke ?? 0) - (first?.started ?? 0)).toBe(3_600_000);
      expect(outputOf(ended)).toMatchObject({ woke: first?.woke });
    },
  },
  {
    name: 'a step that has acted is a barrier: blame that lies before it asks a person',
    plan: testPlan({ steps: { facts: testRetrieve(), send: testAct(), draft: backtracking('facts') } }),
    body: 'sent',
    script: () => ({
      perform: hands({ facts: answer(['old']), send: answer({ sent: true }), draft: blaming('facts') }),
      people: approveAll,
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual({ text: 'blames facts' });
      expect(seen.questions).toMatchObject([
        { request: { kind: 'human', step: 'draft', queue: 'people', verdicts: [{ blames: { step: 'facts' } }] }, status: 'decided' },
      ]);
      expect(callsOf(seen, 'send')).toHaveLength(1);
      expect(callsOf(seen, 'facts')).toHaveLength(1);
    },
  },
  {
    name: 'a review that was decided for the same bytes is not asked again',
    plan: testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft' }), check: backtracking('draft') } }),
    body: 'approved',
    script: () => ({ perform: hands({ draft: answer('same'), check: [blaming('draft'), answer('fine')] }), people: approveAll }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('same');
      expect(callsOf(seen, 'draft')).toHaveLength(2);
      expect(seen.questions).toHaveLength(1);
      expect(callsOf(seen, 'check')).toHaveLength(2);
    },
  },
  {
    name: 'a review of other bytes is asked anew',
    plan: testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft' }), check: backtracking('draft') } }),
    body: 'approved',
    script: () => ({
      perform: hands({ draft: [answer('one'), answer('two')], check: [blaming('draft'), answer('fine')] }),
      people: approveAll,
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('two');
      expect(seen.questions.map(({ request }) => [request.value, request.occurrence])).toEqual([
        ['one', 1],
        ['two', 2],
      ]);
    },
  },
  {
    name: 'a pending review of an abandoned pass is withdrawn, and asked again in the next',
    plan: testPlan({
      steps: { facts: testRetrieve(), draft: testGenerate(), approve: testReview({ of: 'draft' }), check: backtracking('facts') },
    }),
    body: 'overtaken',
    script: () => ({
      perform: hands({ facts: [answer(['old']), answer(['new'])], draft: answer('text'), check: [blaming('facts'), answer('fine')] }),
      people: inTurn('nobody', { decision: 'approve' }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(seen.questions.map(({ status, request }) => [status, request.pass])).toEqual([
        ['cancelled', 1],
        ['decided', 2],
      ]);
      expect(callsOf(seen, 'draft')).toHaveLength(1);
    },
  },
  {
    name: 'the n-th identical call of a pass is a call of its own, in every pass',
    plan: testPlan({
      steps: {
        draft: testGenerate(),
        check: testGenerate({
          ladder: [
            { rung: 'backtrack', cap: 1, to: 'draft' },
            { rung: 'fail', cap: 1 },
          ],
        }),
      },
    }),
    body: 'twice',
    script: () => ({
      perform: hands({ draft: [answer('one'), answer('two'), answer('three')], check: [blaming('draft'), answer('fine')] }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['one', 'three']);
      expect(callsOf(seen, 'draft').map(({ key, remedy }) => [key.occurrence, remedy])).toEqual([
        [1, 'first'],
        [2, 'first'],
        [3, 'backtrack'],
      ]);
      expect(adviceOf(callsOf(seen, 'draft')[2])).toMatchObject({ previous: 'two' });
    },
  },
  {
    name: "a call with the author's key is not made again when its input changes",
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate(), check: backtracking('facts') } }),
    body: 'keyed',
    script: () => ({
      perform: hands({ facts: [answer(['old']), answer(['new'])], draft: answer('text'), check: [blaming('facts'), answer('fine')] }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(callsOf(seen, 'draft')).toHaveLength(1);
      expect(callsOf(seen, 'facts')).toHaveLength(2);
    },
  },
  {
    name: 'effects with other keys are other effects, though their input is the same',
    plan: testPlan({ steps: { send: testAct() } }),
    body: 'keysApart',
    script: () => ({ perform: hands({ send: answer('sent') }) }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['sent', 'sent', 'sent']);
      const keys = seen.calls.map((request) => (request.kind === 'act' ? request.effect_key : ''));
      expect(new Set(keys).size).toBe(3);
      expect(keys.every((key) => /^[\w-]+:send:/.test(key))).toBe(true);
    },
  },
  {
    name: 'an effect that may have gone out is tried again under the same key',
    plan: testPlan({ steps: { facts: testRetrieve(), send: testAct(), draft: testGenerate() } }),
    body: 'sent',
    script: () => ({
      perform: hands({ facts: answer([]), draft: answer('text'), send: [nothing('abandoned'), nothing('transport'), answer('sent')] }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      const sent = callsOf(seen, 'send').map((request) => (request.kind === 'act' ? [request.effect_key, request.key.attempt] : []));
      expect(sent.map(([key]) => key)).toEqual(Array.from({ length: 3 }, () => sent[0]?.[0]));
      expect(sent.map(([, attempt]) => attempt)).toEqual([1, 2, 3]);
    },
  },
  {
    name: 'a failure that the author caught stays one: a later pass does not pay for it again',
    plan: testPlan({
      steps: { facts: testRetrieve(), draft: testGenerate({ ladder: [{ rung: 'fail', cap: 1 }] }), check: backtracking('facts') },
    }),
    body: 'forgiving',
    script: () => ({
      perform: hands({
        facts: [answer(['old']), answer(['new'])],
        draft: answer('bad', [failed]),
        check: [blaming('facts'), answer('fine', [passed])],
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('without a draft: ladder_exhausted');
      expect(callsOf(seen, 'draft')).toHaveLength(1);
      expect(callsOf(seen, 'check')).toHaveLength(2);
    },
  },
  {
    name: 'a person who sends a draft back is heard by the step that made it, with their words',
    plan: testPlan({ steps: { draft: testGenerate(), approve: testReview({ of: 'draft', queue: 'leads' }) } }),
    body: 'asking',
    script: () => ({
      perform: hands({ draft: [answer('long'), nothing('transport'), answer('short')] }),
      people: peopleOf({ leads: inTurn({ decision: 'reject', reason: 'too long' }, { decision: 'approve' }) }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('short');
      for (const request of callsOf(seen, 'draft').slice(1))
        expect(adviceOf(request)).toEqual({ previous: 'long', verdicts: [], comment: 'too long' });
      expect(callsOf(seen, 'draft').map(({ remedy }) => remedy)).toEqual(['first', 'backtrack', 'retry']);
      expect(seen.questions.map(({ request }) => request.value)).toEqual(['long', 'short']);
      expect(seen.notes).toContainEqual(superseded('approve', 1, 2));
    },
  },
];
