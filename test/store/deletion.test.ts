import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { decide } from '../../src/store/decisions.ts';
import { addFeedback } from '../../src/store/feedback.ts';
import { once } from '../../src/store/idempotency.ts';
import { newId } from '../../src/store/ids.ts';
import { postgresLedger, type CallStart } from '../../src/store/ledger.ts';
import { lease } from '../../src/store/outbox-queue.ts';
import { askPerson } from '../../src/store/reviews.ts';
import { deleteRun, eraseDeleted, insertRun } from '../../src/store/run-commands.ts';
import { getRun, listRuns } from '../../src/store/run-queries.ts';
import { setRunStatus } from '../../src/store/runs.ts';
import { createWebhook } from '../../src/store/webhooks.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
});

const secret = 'my card is 4242';
const verdict = {
  critic: 'grounded',
  version: '1',
  verdict: 'fail' as const,
  score: null,
  reason: secret,
  at: { quote: secret },
  blames: null,
  evidence: [],
  missing: secret,
};

/** A run that read and wrote the secret everywhere a run can. */
async function fullRun(): Promise<{ id: string; open: CallStart }> {
  const id = newId('run');
  await once(db, { owner: 'key_1', key: `start ${id}`, path: '/v1/chains/demo/runs', body: secret }, async (tx) => {
    await insertRun(tx, { id, chain: 'demo', input: { text: secret }, user: secret, metadata: { note: secret }, by: 'test' });
    return { status: 202, body: await getRun(tx, id) };
  });
  const ledger = postgresLedger(db);
  const call = (attempt: number): CallStart => ({
    key: { run_id: id, step: 'draft', occurrence: 1, attempt, call: 'draft' },
    owner: randomUUID(),
    kind: 'generate',
    pass: 1,
    input: { text: secret },
    input_hash: 'h',
    remedy: 'first',
    answer: attempt,
    provider: 'openai',
    model: 'm',
    demo: false,
    prompt: null,
    advice: { comment: secret },
    notes: [],
  });
  const done = call(1);
  await ledger.begin(done);
  await ledger.finish(done.key, done.owner, {
    sent: { messages: [secret] },
    result: {
      type: 'answer',
      output: { text: secret },
      output_hash: 'h',
      verdicts: [verdict],
      usage: { input_tokens: 10, output_tokens: 5 },
      cost_usd: 0.5,
    },
  });
  const open = call(2);
  await ledger.begin(open);
  const review = await askPerson(
    db,
    {
      run_id: id,
      chain: 'demo',
      step: 'approve',
      occurrence: 1,
      pass: 1,
      ask: 1,
      kind: 'review',
      of: 'draft',
      queue: 'support',
      value: { text: secret },
      step_input: { text: secret },
      input_hash: 'h',
      verdicts: [verdict],
      why: secret,
      due_ms: null,
      escalate: null,
      expires_ms: 60_000,
    },
    { id: newId('rev'), now: new Date() },
  );
  await once(db, { owner: 'key_1', key: `decide ${id}`, path: '/decision', body: 1 }, async (tx) => ({
    status: 200,
    body: await decide(tx, review.id, {
      version: 1,
      decision: 'approve',
      value: { text: secret },
      reason: secret,
      comment: secret,
      by: { id: 'user:ada', name: 'ada' },
    }),
  }));
  await addFeedback(db, id, { type: 'comment', value: secret, user: null, step: null, attempt: null });
  await db
    .insertInto('texts')
    .values({ run_id: id, hash: 'h', body: Buffer.from(secret) })
    .execute();
  return { id, open };
}

/** Tables of which some row has the secret in it, wherever. */
async function tablesWithSecret(): Promise<string[]> {
  const { rows } = await sql<{
    table_name: string;
  }>`select table_name from information_schema.tables where table_schema = 'trimtab' and table_type = 'BASE TABLE'`.execute(db);
  const found: string[] = [];
  for (const { table_name } of rows) {
    const hit =
      await sql`select 1 from ${sql.table(table_name)} t where t::text like ${`%${secret}%`} or t::text like ${`%${Buffer.from(secret).toString('hex')}%`} limit 1`.execute(
        db,
      );
    if (hit.rows.length > 0) found.push(table_name);
  }
  return found;
}

describe('deleting a run', () => {
  it('leaves its text in no table, and a tombstone that counts', async () => {
    const { id } = await fullRun();
    expect((await tablesWithSecret()).toSorted()).toEqual([
      'attempts',
      'decisions',
      'feedback',
      'idempotency_keys',
      'outbox',
      'reviews',
      'runs',
      'steps',
      'texts',
      'verdicts',
    ]);
    await deleteRun(db, id, 'ada');
    expect(await tablesWithSecret()).toEqual([]);
    expect(await getRun(db, id)).toBeNull();
    expect((await listRuns(db, { limit: 50 })).data).toEqual([]);
    expect(await db.selectFrom('runs').select(['chain', 'status']).where('id', '=', id).executeTakeFirst()).toEqual({
      chain: 'demo',
      status: 'cancelled',
    });
    expect(
      await db
        .selectFrom('attempts')
        .select(['model', 'input_tokens', 'cost_usd'])
        .where('run_id', '=', id)
        .where('attempt', '=', 1)
        .execute(),
    ).toEqual([{ model: 'm', input_tokens: 10, cost_usd: 0.5 }]);
    expect((await db.selectFrom('outbox').select('topic').where('run_id', '=', id).execute()).map((row) => row.topic)).toEqual([
      'temporal.delete',
    ]);
  });

  it('makes nothing anew for a request under an old key that comes late', async () => {
    const { id } = await fullRun();
    await deleteRun(db, id, 'ada');
    const late = once(db, { owner: 'key_1', key: `decide ${id}`, path: '/decision', body: 1 }, async () => {
      throw new Error('it was done again');
    });
    await expect(late).rejects.toMatchObject({ code: 'not_found' });
  });

  it('tells who waits for the end that it has ended', async () => {
    await createWebhook(db, { url: 'https://desk.example/hook', events: ['run.ended'], by: 'ada' });
    const running = await fullRun();
    await deleteRun(db, running.id, 'ada');
    const ended = await fullRun();
    await setRunStatus(db, ended.id, { status: 'succeeded', output: secret });
    await db.deleteFrom('outbox').where('topic', '=', 'webhook').where('run_id', '=', ended.id).execute();
    await deleteRun(db, ended.id, 'ada');
    const told = await db.selectFrom('outbox').select(['run_id', 'payload']).where('topic', '=', 'webhook').execute();
    expect(told).toEqual([
      {
        run_id: running.id,
        payload: expect.objectContaining({
          body: expect.objectContaining({ type: 'run.ended', data: { run_id: running.id, chain: 'demo', status: 'cancelled' } }),
        }),
      },
    ]);
  });

  it('happens once', async () => {
    const { id } = await fullRun();
    await Promise.all([deleteRun(db, id, 'ada'), deleteRun(db, id, 'bob'), deleteRun(db, id, 'eve')]);
    expect(
      await db.selectFrom('outbox').select('id').where('topic', '=', 'temporal.delete').where('run_id', '=', id).execute(),
    ).toHaveLength(1);
    expect(await db.selectFrom('audit').select('id').where('action', '=', 'run.delete').where('subject', '=', id).execute()).toHaveLength(
      1,
    );
  });

  it('is told after a start that is on its way, which says nothing any more', async () => {
    const { id } = await fullRun();
    const topics = ['temporal.start', 'temporal.decision', 'temporal.delete'];
    const taken = await lease(db, { token: randomUUID(), limit: 100, topics });
    expect(taken.filter((message) => message.run_id === id).map((message) => message.topic)).toEqual(['temporal.start']);
    await deleteRun(db, id, 'ada');
    expect(await tablesWithSecret()).toEqual([]);
    expect((await lease(db, { token: randomUUID(), limit: 100, topics })).filter((message) => message.run_id === id)).toEqual([]);
    await db
      .updateTable('outbox')
      .set({ done_at: new Date() })
      .where(
        'id',
        'in',
        taken.map((message) => message.id),
      )
      .execute();
    expect(
      (await lease(db, { token: randomUUID(), limit: 100, topics }))
        .filter((message) => message.run_id === id)
        .map((message) => message.topic),
    ).toEqual(['temporal.delete']);
  });

  it('a call that was under way ends without its words, and keeps what it cost', async () => {
    const { id, open } = await fullRun();
    await deleteRun(db, id, 'ada');
    const ended = await postgresLedger(db).finish(open.key, open.owner, {
      sent: { messages: [secret] },
      result: { type: 'answer', output: { text: secret }, output_hash: 'h', verdicts: [verdict], usage: null, cost_usd: 0.25 },
    });
    expect(ended).toBe(true);
    expect(await tablesWithSecret()).toEqual([]);
    expect(
      await db.selectFrom('attempts').select(['status', 'cost_usd']).where('run_id', '=', id).where('attempt', '=', 2).executeTakeFirst(),
    ).toEqual({ status: 'finished', cost_usd: 0.25 });
  });

  it('erases what was written down afterwards all the same', async () => {
    const { id, open } = await fullRun();
    await deleteRun(db, id, 'ada');
    const next = { ...open, key: { ...open.key, step: 'again' }, owner: randomUUID() };
    await postgresLedger(db).begin(next);
    await db
      .insertInto('texts')
      .values({ run_id: id, hash: 'h2', body: Buffer.from(secret) })
      .execute();
    expect((await tablesWithSecret()).toSorted()).toEqual(['attempts', 'steps', 'texts']);
    await eraseDeleted(db);
    expect(await tablesWithSecret()).toEqual([]);
  });
});
