/** People, budgets, silence and ends (C1, C3, C7, C11, C12). */
import { expect } from 'vitest';
import { testCritic, testGenerate, testModel, testPlan, testRetrieve, testReview } from '../../testing/plans.ts';
import { answer, failed, nothing, verdictOf } from '../../testing/results.ts';
import { approveAll, inTurn, nobodyThere } from '../../testing/scripted-people.ts';
import { aborted, adviceOf, callsOf, hands, outputOf, type Scenario } from './scenario.ts';

const asking = testPlan({
  steps: {
    draft: testGenerate({ critics: [testCritic('judge')] }),
    approve: testReview({ of: 'draft', due_ms: 1_000, escalate: { after_ms: 2_000, to: 'leads' } }),
  },
});
const hanging = (_: unknown, signal: AbortSignal) => aborted(signal).then(() => nothing('cancelled'));

export const people: Scenario[] = [
  {
    name: 'what a person responds is advice for the next draft',
    plan: asking,
    body: 'asking',
    script: () => ({
      perform: hands({ draft: [answer('cold'), answer('warm')], 'draft/judge': answer('ok') }),
      people: inTurn({ decision: 'respond', reason: 'warmer please' }, { decision: 'approve' }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('warm');
      expect(adviceOf(callsOf(seen, 'draft')[1])).toEqual({ previous: 'cold', verdicts: [], comment: 'warmer please' });
      expect(seen.questions[0]?.request).toMatchObject({
        kind: 'review',
        of: 'draft',
        value: 'cold',
        due_ms: 1_000,
        escalate: { after_ms: 2_000, to: 'leads' },
        verdicts: [{ verdict: 'pass' }, { verdict: 'pass' }],
      });
    },
  },
  {
    name: 'an edit is what stands',
    plan: asking,
    body: 'asking',
    script: () => ({
      perform: hands({ draft: answer('draft'), 'draft/judge': answer('ok') }),
      people: inTurn({ decision: 'edit', value: 'edited' }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('edited');
      expect(callsOf(seen, 'draft')).toHaveLength(1);
    },
  },
  {
    name: 'what a person accepted on the rung human is not asked a second time byte for byte',
    plan: asking,
    body: 'asking',
    script: () => ({ perform: hands({ draft: answer('doubtful'), 'draft/judge': answer('no', [failed]) }), people: approveAll }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('doubtful');
      expect(seen.questions).toMatchObject([
        { request: { kind: 'human', step: 'draft', value: 'doubtful', verdicts: [{ verdict: 'pass' }, { verdict: 'fail' }] } },
      ]);
    },
  },
  {
    name: 'a draft that a person sends back on the rung human is made again and judged again',
    plan: asking,
    body: 'asking',
    script: () => ({
      perform: hands({ draft: [answer('bad'), answer('good')], 'draft/judge': [answer('no', [failed]), answer('yes')] }),
      people: inTurn({ decision: 'reject', reason: 'wrong tone' }, { decision: 'approve' }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('good');
      expect(callsOf(seen, 'draft').map(({ remedy, key }) => [remedy, key.attempt])).toEqual([
        ['first', 1],
        ['human', 2],
      ]);
      expect(adviceOf(callsOf(seen, 'draft')[1])).toMatchObject({ previous: 'bad', comment: 'wrong tone' });
      expect(seen.questions.map(({ request }) => request.kind)).toEqual(['human', 'review']);
    },
  },
  {
    name: 'a question that nobody decides expires, and the run fails',
    plan: asking,
    body: 'asking',
    script: () => ({ perform: hands({ draft: answer('draft'), 'draft/judge': answer('ok') }), people: nobodyThere }),
    expect(ended, seen) {
      expect(ended).toMatchObject({ type: 'failed', error: { code: 'review_expired', step: 'approve' } });
      expect(seen.questions[0]?.status).toBe('expired');
    },
  },
  {
    name: 'a budget that runs out in the middle leads to a person, not to an acceptance',
    plan: testPlan({
      steps: {
        draft: testGenerate({
          ladder: [
            { rung: 'revise', cap: 5 },
            { rung: 'human', cap: 2, queue: 'people' },
          ],
        }),
        approve: testReview({ of: 'draft' }),
      },
      budget: { attempts: 2 },
    }),
    body: 'asking',
    script: () => ({
      perform: hands({ draft: [answer('one', [failed]), answer('two', [verdictOf('unsure')])] }),
      people: inTurn({ decision: 'respond' }, { decision: 'edit', value: 'written' }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('written');
      expect(callsOf(seen, 'draft')).toHaveLength(2);
      expect(seen.questions.map(({ request }) => [request.why, request.value])).toEqual([
        ['the budget of the run is spent', 'two'],
        ['the budget of the run is spent', 'two'],
      ]);
    },
  },
  {
    name: 'rate limits are waited for, then another model is asked, then the run is blocked until somebody says retry',
    plan: testPlan({
      steps: {
        facts: testRetrieve(),
        draft: testGenerate({
          models: { large: testModel({ role: 'large', model: 'large' }) },
          ladder: [
            { rung: 'model', cap: 1, model: 'large' },
            { rung: 'human', cap: 1, queue: 'people' },
          ],
        }),
        check: testGenerate(),
      },
      limits: { silent_tries: 2 },
    }),
    body: 'straight',
    script: () => ({
      perform: hands({
        facts: answer([]),
        check: answer('fine'),
        draft: [
          nothing('rate_limited', { retry_after_ms: 7_000 }),
          nothing('rate_limited'),
          nothing('rate_limited'),
          nothing('auth'),
          answer('at last'),
        ],
      }),
    }),
    async drive({ when, retry }) {
      await when(({ causes }) => causes.length === 1);
      retry();
    },
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('at last');
      expect(
        callsOf(seen, 'draft').map((request) => [
          request.kind === 'generate' ? request.model.model : '',
          request.remedy,
          request.kind === 'generate' ? request.answer : 0,
        ]),
      ).toEqual([
        ['test-model', 'first', 1],
        ['test-model', 'retry', 1],
        ['large', 'model', 1],
        ['large', 'retry', 1],
        ['large', 'retry', 1],
      ]);
      expect(seen.causes).toMatchObject([{ code: 'auth', step: 'draft', retry_after_ms: 60_000 }]);
      expect(seen.questions).toEqual([]);
      expect(seen.notes).toContainEqual({ note: 'outcome', step: 'draft', occurrence: 1, attempt: 4, outcome: 'auth' });
    },
  },
  {
    name: 'a step that fails throws into the chain; uncaught it fails the run, by its code',
    plan: testPlan({
      steps: { facts: testRetrieve(), draft: testGenerate({ ladder: [{ rung: 'fail', cap: 1 }] }), check: testGenerate() },
    }),
    body: 'straight',
    script: () => ({ perform: hands({ facts: answer([]), draft: answer('bad', [verdictOf('fail', { reason: 'wrong amount' })]) }) }),
    expect(ended) {
      expect(ended).toMatchObject({ type: 'failed', error: { code: 'ladder_exhausted', step: 'draft', message: 'draft: wrong amount' } });
    },
  },
  {
    name: 'the best candidate goes on under its own name on the record',
    plan: testPlan({
      steps: {
        facts: testRetrieve(),
        draft: testGenerate({
          ladder: [
            { rung: 'revise', cap: 1 },
            { rung: 'best', cap: 1 },
          ],
        }),
        check: testGenerate(),
      },
    }),
    body: 'straight',
    script: () => ({
      perform: hands({
        facts: answer([]),
        draft: [answer('so-so', [verdictOf('unsure')]), answer('bad', [failed])],
        check: answer('fine'),
      }),
    }),
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('so-so');
      expect(seen.notes.filter(({ step }) => step === 'draft')).toEqual([
        { note: 'outcome', step: 'draft', occurrence: 1, attempt: 1, outcome: 'unsure' },
        { note: 'outcome', step: 'draft', occurrence: 1, attempt: 2, outcome: 'rejected' },
        { note: 'outcome', step: 'draft', occurrence: 1, attempt: 1, outcome: 'accepted_under_exhaustion' },
        { note: 'step', step: 'draft', occurrence: 1, status: 'accepted', attempt: 1, superseded_by: null },
      ]);
    },
  },
  {
    name: 'a bug in the chain function blocks the run; mended code goes on with what was paid for',
    plan: testPlan({ steps: { facts: testRetrieve() } }),
    body: 'buggy',
    nextBody: 'mended',
    script: () => ({ perform: hands({ facts: answer(['found']) }) }),
    async drive({ when, retry }) {
      await when(({ causes }) => causes.length === 1);
      retry();
    },
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual({ found: ['found'] });
      expect(seen.causes).toMatchObject([{ code: 'chain_error', retry_after_ms: null }]);
      expect(seen.causes[0]?.message).toMatch(/the chain function threw: .*undefined/);
      expect(seen.calls).toHaveLength(1);
    },
  },
  {
    name: 'an input that its step refuses is a bug of the chain: the run waits for other code in a new history',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate(), check: testGenerate() } }),
    body: 'straight',
    nextBody: 'mended',
    script: () => ({
      perform: hands({ facts: answer(['found']), draft: { type: 'stuck', code: 'chain_error', message: 'question: expected string' } }),
    }),
    async drive({ when, retry }) {
      await when(({ causes }) => causes.length === 1);
      retry();
    },
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual({ found: ['found'] });
      expect(seen.causes).toMatchObject([
        { code: 'chain_error', step: 'draft', message: 'question: expected string', retry_after_ms: null },
      ]);
      expect(callsOf(seen, 'facts')).toHaveLength(1);
    },
  },
  {
    name: 'a long history is left at a quiet moment, and its answers are kept',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate(), check: testGenerate() } }),
    body: 'straight',
    script: () => ({ perform: hands({ facts: answer(['found']), draft: answer('text'), check: answer('fine') }) }),
    async drive({ when, crowd }) {
      await when(({ calls }) => calls.length === 1);
      crowd();
    },
    expect(ended, seen) {
      expect(outputOf(ended)).toBe('text');
      expect(seen.calls.map(({ key }) => key.step)).toEqual(['facts', 'draft', 'check']);
      expect(new Set(seen.calls.map(({ pass }) => pass)).size).toBe(2);
    },
  },
  {
    name: 'a step that nobody awaits is cancelled when the chain returns',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate() } }),
    body: 'careless',
    script: () => ({ perform: hands({ facts: answer(['found']), draft: hanging }) }),
    expect(ended, seen) {
      expect(outputOf(ended)).toEqual(['found']);
      expect(seen.notes).toContainEqual({
        note: 'step',
        step: 'draft',
        occurrence: 1,
        status: 'superseded',
        attempt: null,
        superseded_by: null,
      });
    },
  },
  {
    name: 'a step that nobody awaits may fail without harm',
    plan: testPlan({ steps: { facts: testRetrieve(), draft: testGenerate({ ladder: [{ rung: 'fail', cap: 1 }] }) } }),
    body: 'careless',
    script: () => ({ perform: hands({ facts: [nothing('transport'), answer(['found'])], draft: answer('bad', [failed]) }) }),
    expect(ended) {
      expect(outputOf(ended)).toEqual(['found']);
    },
  },
  {
    name: 'cancel while a call is under way ends the call and the run',
    plan: asking,
    body: 'asking',
    script: () => ({ perform: hands({ draft: hanging }) }),
    async drive({ when, cancel }) {
      await when(({ calls }) => calls.length === 1);
      cancel();
    },
    expect(ended, seen) {
      expect(ended.type).toBe('cancelled');
      expect(ended.notes).toContainEqual({ note: 'outcome', step: 'draft', occurrence: 1, attempt: 1, outcome: 'cancelled' });
      expect(seen.calls).toHaveLength(1);
    },
  },
  {
    name: 'cancel while a person is asked withdraws the question',
    plan: asking,
    body: 'asking',
    script: () => ({ perform: hands({ draft: answer('draft'), 'draft/judge': answer('ok') }), people: nobodyThere }),
    async drive({ when, cancel }) {
      await when(({ questions }) => questions.length === 1);
      cancel();
    },
    expect(ended, seen) {
      expect(ended.type).toBe('cancelled');
      expect(seen.questions.map(({ status }) => status)).toEqual(['cancelled']);
    },
  },
  {
    name: 'cancel while the chain is blocked by a bug ends it',
    plan: testPlan({ steps: { facts: testRetrieve() } }),
    body: 'buggy',
    script: () => ({ perform: hands({ facts: answer(['found']) }) }),
    async drive({ when, cancel }) {
      await when(({ causes }) => causes.length === 1);
      cancel();
    },
    expect(ended, seen) {
      expect(ended.type).toBe('cancelled');
      expect(seen.causes).toHaveLength(1);
    },
  },
];
