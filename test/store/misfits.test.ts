import { beforeEach, expect, it } from 'vitest';
import { watchBuilds } from '../../runtime/watch-builds.ts';
import type { Database } from '../../src/store/database.ts';
import { openRuns } from '../../src/store/differences.ts';
import { newId } from '../../src/store/ids.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { setRunStatus, unblockMisfit } from '../../src/store/runs.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

/** A run whose build does not fit: with a step it waits by itself, without one its workflow's task fails. */
async function misfit(step: string | null): Promise<string> {
  const id = newId('run');
  await insertRun(db, { id, chain: 'demo', input: 'q', user: null, metadata: {}, by: 'test' });
  await db.deleteFrom('outbox').where('run_id', '=', id).execute();
  await block(id, step);
  return id;
}
const block = (id: string, step: string | null) =>
  db
    .transaction()
    .execute((tx) => setRunStatus(tx, id, { status: 'blocked', error: { code: 'build_mismatch', message: 'no', next: 'n', step } }));
const statusOf = async (id: string) => (await db.selectFrom('runs').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status;
const serve = async (...builds: string[]) => {
  await db.deleteFrom('workers').execute();
  for (const build of builds)
    await db
      .insertInto('workers')
      .values({ id: `w-${build}`, build, seen_at: new Date() })
      .execute();
};

it('a run that waits by itself for a build that fits is left alone by the reconciler, one whose task failed is not', async () => {
  const [itself, task] = [await misfit('facts'), await misfit(null)];
  const seen = await openRuns(db, { after: '', limit: 10, olderThanMs: 0 });
  expect(seen.map(({ id, misfit: marked }) => [id, marked]).toSorted()).toEqual(
    [[itself, false] as const, [task, true] as const].toSorted(),
  );
  for (const id of [itself, task]) await unblockMisfit(db, id);
  expect([await statusOf(itself), await statusOf(task)]).toEqual(['blocked', 'running']);
});

it('runs that wait by themselves are told once when other builds serve, and not while none does', async () => {
  const [itself, task] = [await misfit('facts'), await misfit(null)];
  const look = watchBuilds(db);
  expect(await look()).toEqual([]);
  await serve('wrong');
  expect(await look()).toEqual([itself]);
  const words = await db.selectFrom('outbox').select(['topic', 'run_id']).execute();
  expect(words).toEqual([{ topic: 'temporal.retry', run_id: itself }]);
  await block(itself, 'facts');
  expect(await look()).toEqual([]);
  await serve();
  expect(await look()).toEqual([]);
  await serve('wrong');
  expect(await look()).toEqual([]);
  await serve('right', 'wrong');
  expect(await look()).toEqual([itself]);
  await block(itself, 'facts');
  await serve('right');
  expect(await look()).toEqual([itself]);
  expect(await statusOf(task)).toBe('blocked');
});
