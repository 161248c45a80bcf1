import { expect, it } from 'vitest';
import type { ActivityDependencies } from '../../activities/index.ts';
import { beginRun } from '../../activities/in-place/begin-run.ts';
import { testGenerate, testModel, testPlan } from '../../testing/plans.ts';

const never = new AbortController().signal;
const begin = (place: 'local' | 'regular', bodyOf: ActivityDependencies['bodyOf']) => {
  const plan = testPlan({ steps: { draft: testGenerate({ model: testModel({ place }) }) } });
  const activities = { openRun: async () => ({ type: 'plan' as const, plan }), closeRun: async () => ({ misfit: null }) };
  const deps = { activities, bodyOf } as unknown as Parameters<typeof beginRun>[0];
  return { plan, begun: beginRun(deps, { run_id: 'run_1', chain: 'test-chain' }, { letGo: never, cancel: never }) };
};

it('leaves a run to the workflow at once when this process cannot load its chain function', async () => {
  const { plan, begun } = begin('local', () => Promise.reject(new Error('cannot be loaded')));
  expect(await begun).toEqual({ type: 'goes_on', plan, carried: null });
});

it('leaves a run of slow or unmeasured models to the workflow at once', async () => {
  const { plan, begun } = begin('regular', async () => async () => null);
  expect(await begun).toEqual({ type: 'goes_on', plan, carried: null });
});
