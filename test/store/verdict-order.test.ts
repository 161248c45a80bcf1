import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { json } from '../../src/store/database.ts';
import { listSteps } from '../../src/store/steps.ts';
import { testDatabase } from '../stack/database.ts';
import { addRun, addTrace, minutes, ticket } from '../web/sample-rows.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
});

/** A critic's own call on attempt 2 of the draft, with its verdict. */
async function addCritic(run_id: string, call: string, at: number): Promise<void> {
  const draft = await db
    .selectFrom('attempts')
    .selectAll()
    .where('run_id', '=', run_id)
    .where('step', '=', 'draft')
    .where('attempt', '=', 2)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('attempts')
    .values({ ...draft, call, started_at: minutes(at), ended_at: minutes(at), sources: json([]), sent: null, output: null, advice: null })
    .execute();
  const said = { critic: call, version: 'v1', verdict: 'pass' as const, score: null, reason: '', at: null, blames: null, missing: null };
  await db
    .insertInto('verdicts')
    .values({ ...said, run_id, step: 'draft', occurrence: 1, attempt: 2, call, n: 0, evidence: json([]) })
    .execute();
}

describe('the verdicts of an attempt', () => {
  it('come as they were given: the rules first, then each critic when it was called', async () => {
    const run = await addRun(db, { n: 1, ticket: ticket(1, 'Delivery'), status: 'waiting' });
    await addTrace(db, run);
    await addCritic(run, 'z-first-critic', -29.7);
    await addCritic(run, 'a-later-critic', -29.6);
    const attempt = (await listSteps(db, run)).find((step) => step.step === 'draft')!.attempts[1]!;
    expect(attempt.verdicts.map(({ critic }) => critic)).toEqual([
      'cites every source',
      'numbers',
      'grounded',
      'z-first-critic',
      'a-later-critic',
    ]);
  });
});
