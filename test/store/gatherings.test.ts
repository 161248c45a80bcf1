import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leaveBatch, openCases } from '../../src/store/batches.ts';
import type { Database } from '../../src/store/database.ts';
import { endGathering, gather, gatheringOf, hold, takeStarts } from '../../src/store/gatherings.ts';
import { newId } from '../../src/store/ids.ts';
import { lease, type Leased } from '../../src/store/outbox-queue.ts';
import { cancelRun, deleteRun, insertRun } from '../../src/store/run-commands.ts';
import { transact } from '../../src/store/transact.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  db = (await testDatabase({ max: 12 })).db;
});
beforeEach(async () => {
  await sql`truncate outbox, runs, batches, workers cascade`.execute(db);
});

async function start(chain: string, count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('run'));
  for (const id of ids) await insertRun(db, { id, chain, input: { id }, user: null, metadata: {}, by: 'test' });
  return ids;
}
const leased = (limit = 50): Promise<Leased[]> => lease(db, { token: randomUUID(), limit, topics: ['temporal.start'] });
const runsOf = (messages: readonly Leased[]) => messages.map(({ run_id }) => run_id);
/** What a relay does with the starts of one chain that it has leased together. */
async function gathered(chain: string, count = 2): Promise<string> {
  await start(chain, count);
  const id = newId('gat');
  const starts = (await leased()).filter(({ payload }) => (payload as { chain: string }).chain === chain);
  expect(await gather(db, { id, chain, starts })).not.toBeNull();
  return id;
}
const cases = async (id: string) => (await openCases(db, id, { after: '', limit: 500 })).map((run) => run.id);
const nobodyHolds = () => sql`update batches set takes_until = null`.execute(db);

describe('starts that were leased together', () => {
  it('become runs of one gathering with one word to Temporal in their place', async () => {
    const runs = await start('answers', 3);
    const starts = await leased();
    const id = newId('gat');
    const made = await gather(db, { id, chain: 'answers', starts });
    expect(made).toEqual({
      word: {
        id: expect.any(Number),
        topic: 'temporal.batch',
        run_id: null,
        payload: { batch_id: id },
        tries: 1,
        token: starts[0]?.token,
        fresh: false,
      },
      gathered: starts.map((message) => message.id),
    });
    expect(await cases(id)).toEqual(runs.toSorted());
    expect(await gatheringOf(db, id)).toEqual({ id, chain: 'answers' });
    // The word is ours for the length of a lease, and then anybody's.
    const asked = () => lease(db, { token: randomUUID(), limit: 5, topics: ['temporal.batch'] });
    expect(await asked()).toEqual([]);
    await sql`update outbox set lease_until = now() - interval '1 second' where done_at is null`.execute(db);
    expect((await asked()).map(({ payload }) => payload)).toEqual([{ batch_id: id }]);
    expect(await leased()).toEqual([]);
  });

  it('are left to be told alone where their lease was another’s meanwhile, and one that was leased before is never gathered', async () => {
    await start('answers', 2);
    const starts = await leased();
    await sql`update outbox set lease_until = now() - interval '1 second'`.execute(db);
    const later = await leased();
    expect(later.map(({ fresh }) => fresh)).toEqual([false, false]);
    expect(await gather(db, { id: newId('gat'), chain: 'answers', starts })).toBeNull();
    expect(await db.selectFrom('batches').selectAll().execute()).toEqual([]);
  });

  it('leave out a run that was deleted, and one that already is in a batch', async () => {
    const [deleted = '', batched = '', free = ''] = await start('answers', 3);
    const starts = await leased();
    await deleteRun(db, deleted, 'test');
    await db.insertInto('batches').values({ id: 'bat_1', chain: 'answers' }).execute();
    await db.updateTable('runs').set({ batch_id: 'bat_1' }).where('id', '=', batched).execute();
    const id = newId('gat');
    const made = await gather(db, { id, chain: 'answers', starts });
    expect(made?.gathered).toEqual(starts.filter(({ run_id }) => run_id === free).map((message) => message.id));
    expect(await cases(id)).toEqual([free]);
  });

  it('go alone for a while where most of the last gathering left', async () => {
    const id = await gathered('tickets', 3);
    const [first, second] = await openCases(db, id, { after: '', limit: 2 });
    for (const one of [first, second]) if (one) await leaveBatch(db, one, null);
    await nobodyHolds();
    await start('tickets', 2);
    const starts = (await leased()).filter(({ fresh }) => fresh);
    expect(starts).toHaveLength(2);
    expect(await gather(db, { id: newId('gat'), chain: 'tickets', starts })).toBeNull();
    await sql`update batches set started_at = now() - interval '1 minute'`.execute(db);
    expect(await gather(db, { id: newId('gat'), chain: 'tickets', starts })).not.toBeNull();
  });
});

describe('a gathering', () => {
  it('has the starts of its chain to itself while it takes them; words about runs that left it, and other chains, are told', async () => {
    const id = await gathered('answers');
    const [left] = await openCases(db, id, { after: '', limit: 1 });
    const [, other] = [await start('answers'), await start('tickets')];
    if (left) await leaveBatch(db, left, null);
    expect(runsOf(await leased()).toSorted()).toEqual([left?.id, ...other].toSorted());
    await hold(db, { id, chain: 'answers' }, null);
    expect(runsOf(await leased())).toHaveLength(1);
  });

  it('takes in what was never told, as far as it has room, and says who is to be cancelled', async () => {
    const id = await gathered('answers');
    const [one = '', two = '', three = ''] = await start('answers', 3);
    await start('tickets');
    await cancelRun(db, two, 'test');
    const taken = await takeStarts(db, { id, chain: 'answers' }, 2);
    expect(taken).toHaveLength(2);
    expect(taken.find((run) => run.id === one)).toMatchObject({ chain: 'answers', input: { id: one }, cancel_requested: false });
    expect(taken.find((run) => run.id === two)).toMatchObject({ cancel_requested: true });
    await hold(db, { id, chain: 'answers' }, null);
    expect(runsOf(await leased())).toContain(three);
    expect(await takeStarts(db, { id, chain: 'answers' }, 2)).toEqual([]);
    expect(await cases(id)).toHaveLength(4);
  });

  it('does not end before its runs, and takes nothing after its end', async () => {
    const id = await gathered('answers', 1);
    const gathering = { id, chain: 'answers' };
    expect(await endGathering(db, gathering)).toBe(false);
    await db.updateTable('runs').set({ ended_at: new Date(), status: 'succeeded' }).execute();
    expect(await endGathering(db, gathering)).toBe(true);
    const [late] = await start('answers');
    expect(await takeStarts(db, gathering, 5)).toEqual([]);
    expect(runsOf(await leased())).toEqual([late]);
  });

  it('is one of three for each worker: further starts wait for a place in them', async () => {
    for (let n = 0; n < 3; n += 1) {
      await gathered('answers');
      await nobodyHolds();
    }
    const [waits] = await start('answers');
    expect(await leased()).toEqual([]);
    for (const id of ['a', 'b']) await db.insertInto('workers').values({ id: randomUUID(), build: id, seen_at: new Date() }).execute();
    expect(runsOf(await leased())).toEqual([waits]);
  });

  it('holds up no start any more when a run that hangs keeps it open', async () => {
    for (let n = 0; n < 3; n += 1) {
      await gathered('answers');
      await nobodyHolds();
    }
    const [waits] = await start('answers');
    expect(await leased()).toEqual([]);
    await sql`update batches set started_at = started_at - interval '31 seconds'`.execute(db);
    expect(runsOf(await leased())).toEqual([waits]);
  });
});

it('loses no start and gives none to two, whoever takes, dies, cancels and deletes meanwhile', async () => {
  const chains = ['answers', 'tickets'];
  const all: string[] = [];
  const alone = new Set<string>();
  const taken: string[] = [];
  let busy = true;
  /** A relay that dies between any two statements: what it held comes back when its lease is over. */
  const relay = async (seed: number): Promise<void> => {
    for (let n = seed; busy; n += 1) {
      const messages = await leased(1 + (n % 7));
      for (const chain of chains) {
        const starts = messages.filter(({ fresh, payload }) => fresh && (payload as { chain: string }).chain === chain);
        if (starts.length > 1 && n % 3 > 0) await gather(db, { id: newId('gat'), chain, starts }).catch(() => null);
      }
      // What became of them is on their rows: told alone is what is still under this lease.
      const mine = await sql<{ run_id: string }>`update outbox set done_at = now(), last_error = 'alone'
        where id = any(${messages.map(({ id }) => id)}) and lease_token = any(${messages.map(({ token }) => token)}::uuid[]) and done_at is null and topic = 'temporal.start' and ${n % 4 > 0}
        returning run_id`.execute(db);
      for (const { run_id } of mine.rows) alone.add(run_id);
      await sql`update outbox set lease_until = now() - interval '1 second' where id = any(${messages.map(({ id }) => id)}) and done_at is null`.execute(
        db,
      );
    }
  };
  const gathering = async (): Promise<void> => {
    while (busy) {
      const open = await db.selectFrom('batches').select(['id', 'chain']).where('ended_at', 'is', null).execute();
      for (const one of open) {
        taken.push(...(await takeStarts(db, one, 3).catch(() => [])).map((run) => run.id));
        await hold(db, one, null);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const people = async (): Promise<void> => {
    for (let n = 0; n < 60; n += 1) {
      const ids = await start(chains[n % 2] ?? '', 3);
      all.push(...ids);
      if (n % 5 === 0) await cancelRun(db, ids[0] ?? '', 'test');
      if (n % 7 === 0) await transact(db, () => deleteRun(db, ids[1] ?? '', 'test'));
    }
    // Enough workers that nothing waits for a place.
    await sql`insert into workers (id, build, seen_at) select gen_random_uuid(), 'x', now() from generate_series(1, 200)`.execute(db);
    for (;;) {
      const open = await sql`select 1 from outbox o where topic = 'temporal.start' and done_at is null`.execute(db);
      if (open.rows.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const others = [relay(0), relay(1), relay(2), gathering(), gathering()];
  await people();
  busy = false;
  await Promise.all(others);
  const rows = await db.selectFrom('runs').select(['id', 'batch_id', 'deleted_at']).execute();
  const kept = rows.filter((row) => row.deleted_at === null);
  expect(kept.filter((row) => (row.batch_id !== null) === alone.has(row.id))).toEqual([]);
  expect(new Set(taken).size).toBe(taken.length);
  // Both ways were gone.
  expect(taken.length).toBeGreaterThan(0);
  expect(kept.filter((row) => row.batch_id === null).length).toBeGreaterThan(0);
  const untold = await sql`select id from batches b where not exists (
    select 1 from outbox where topic = 'temporal.batch' and payload ->> 'batch_id' = b.id) and exists (select 1 from runs where batch_id = b.id)`.execute(
    db,
  );
  expect(untold.rows).toEqual([]);
});
