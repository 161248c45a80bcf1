import { expect, it } from 'vitest';
import { createPlaceEngine } from '../../activities/in-place/engine.ts';
import { conduct } from '../../src/correct/conduct.ts';
import { testGenerate, testPlan } from '../../testing/plans.ts';

it('waits, and does not hold its place, when the first thing a chain does is to sleep long', async () => {
  const engine = createPlaceEngine({
    seed: 0,
    reading: 0,
    leavesBefore: () => false,
    perform: () => Promise.reject(new Error('no call is made')),
  });
  const plan = testPlan({ steps: { draft: testGenerate() } });
  const ending = conduct(engine, plan, { input: {}, body: async (_input, _steps, { sleep }) => sleep(3_600_000) });
  expect(await Promise.race([engine.waits.then(() => 'waits'), ending])).toBe('waits');
});
