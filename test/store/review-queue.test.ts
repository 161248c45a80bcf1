import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { decide, type Deciding } from '../../src/store/decisions.ts';
import { newId } from '../../src/store/ids.ts';
import { claimReview, escalateDue, releaseReview, saveReviewValue } from '../../src/store/review-queue.ts';
import type { Who } from '../../src/store/who.ts';
import { askPerson, getReview, settleReview } from '../../src/store/reviews.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { getRun } from '../../src/store/run-queries.ts';
import type { AskRequest, Review } from '../../src/shapes/review.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
});

async function run(): Promise<string> {
  const id = newId('run');
  await insertRun(db, { id, chain: 'demo', input: { q: 'why' }, user: null, metadata: {}, by: who('test') });
  return id;
}
const question = (run_id: string, change: Partial<AskRequest> = {}): AskRequest => ({
  run_id,
  chain: 'demo',
  step: 'approve',
  occurrence: 1,
  pass: 1,
  ask: 1,
  kind: 'review',
  of: 'draft',
  queue: 'support',
  value: { text: 'hello' },
  step_input: { text: 'hello' },
  input_hash: 'h',
  verdicts: [],
  why: 'every reply is approved',
  due_ms: 1_000,
  escalate: null,
  expires_ms: 60_000,
  ...change,
});
const ask = (run_id: string, change: Partial<AskRequest> = {}, now = new Date()): Promise<Review> =>
  askPerson(db, question(run_id, change), { id: newId('rev'), now });
const who = (name: string): Who => ({ id: `user:${name}`, name });
const decideAs = (id: string, by: string, change: Partial<Deciding> = {}) =>
  db
    .transaction()
    .execute((tx) =>
      decide(tx, id, { version: 1, decision: 'approve', value: { text: 'hello' }, reason: null, comment: null, by: who(by), ...change }),
    );
const claimRunsOut = (id: string) =>
  db
    .updateTable('reviews')
    .set({ claimed_until: new Date(0) })
    .where('id', '=', id)
    .execute();

describe('asking a person', () => {
  it('the same question is one review, also when it is asked at once', async () => {
    const id = await run();
    const asked = await Promise.all(Array.from({ length: 10 }, () => ask(id)));
    expect(new Set(asked.map((review) => review.id)).size).toBe(1);
    expect(await getRun(db, id)).toMatchObject({ status: 'waiting', review_id: asked[0]?.id });
  });
  it('a new proposal is a new review', async () => {
    const id = await run();
    expect((await ask(id, { ask: 2 })).id).not.toBe((await ask(id)).id);
  });
  it('shows what went in and why a person is asked', async () => {
    const review = await ask(await run());
    expect(review).toMatchObject({
      version: 1,
      original: { text: 'hello' },
      context: { input: { q: 'why' }, step_input: { text: 'hello' }, why: 'every reply is approved' },
      decision: null,
    });
    expect(new Date(review.due_at ?? '').getTime() - new Date(review.created_at).getTime()).toBe(1_000);
  });
});

describe('a run', () => {
  it('waits until its last question is answered', async () => {
    const id = await run();
    const [first, second] = [await ask(id), await ask(id, { occurrence: 2 })];
    await decideAs(first.id, 'ada');
    expect(await getRun(db, id)).toMatchObject({ status: 'waiting', review_id: second.id });
    await settleReview(db, { review_id: second.id, to: 'cancelled' });
    expect(await getRun(db, id)).toMatchObject({ status: 'running', review_id: null });
  });
});

describe('the deadline and the person', () => {
  it('race for one compare-and-swap, and both sides hear who won', async () => {
    for (let round = 0; round < 20; round += 1) {
      const review = await ask(await run());
      const [person, deadline] = await Promise.all([
        decideAs(review.id, 'ada').then(
          () => 'won',
          (error: { code?: string }) => error.code,
        ),
        db.transaction().execute((tx) => settleReview(tx, { review_id: review.id, to: 'expired' })),
      ]);
      const { status } = (await getReview(db, review.id))!;
      expect([person, deadline.type, status]).toEqual(
        status === 'decided' ? ['won', 'decided', 'decided'] : ['review_expired', 'expired', 'expired'],
      );
      expect(await db.selectFrom('decisions').select('id').where('review_id', '=', review.id).execute()).toHaveLength(
        status === 'decided' ? 1 : 0,
      );
    }
  });
});

describe('a claim', () => {
  it('goes to one of many, who can renew and release it', async () => {
    const review = await ask(await run());
    const tried = await Promise.allSettled(['ada', 'bob', 'eve'].map((by) => claimReview(db, review.id, who(by))));
    const won = tried.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const holder = won[0]!.value.claimed_by!;
    const [other] = ['ada', 'bob', 'eve'].filter((by) => by !== holder) as [string];
    await expect(claimReview(db, review.id, who(other))).rejects.toMatchObject({
      code: 'review_claimed',
      message: expect.stringContaining(holder),
      extra: { current: { claimed_by: holder } },
    });
    expect((await claimReview(db, review.id, who(holder))).claimed_by).toBe(holder);
    expect((await releaseReview(db, review.id, who(other))).claimed_by).toBe(holder);
    expect((await releaseReview(db, review.id, who(holder))).claimed_by).toBeNull();
  });
  it('keeps others from saving and deciding until it runs out', async () => {
    const review = await ask(await run());
    await claimReview(db, review.id, who('ada'));
    await expect(saveReviewValue(db, review.id, { version: 1, value: { text: 'mine' }, by: who('bob') })).rejects.toMatchObject({
      code: 'review_claimed',
    });
    await expect(decideAs(review.id, 'bob')).rejects.toMatchObject({ code: 'review_claimed' });
    await claimRunsOut(review.id);
    expect((await getReview(db, review.id))?.claimed_by).toBeNull();
    expect((await decideAs(review.id, 'bob')).decision?.by).toBe('bob');
  });
  it('does not move the version, a saved change does', async () => {
    const review = await ask(await run());
    expect((await claimReview(db, review.id, who('ada'))).version).toBe(1);
    expect(await saveReviewValue(db, review.id, { version: 1, value: { text: 'better' }, by: who('ada') })).toMatchObject({
      version: 2,
      value: { text: 'better' },
      original: { text: 'hello' },
    });
    await expect(saveReviewValue(db, review.id, { version: 1, value: { text: 'lost' }, by: who('ada') })).rejects.toMatchObject({
      code: 'review_version',
      extra: { current: { version: 2 } },
    });
  });
  it('on a decided review is refused with who decided', async () => {
    const review = await ask(await run());
    await decideAs(review.id, 'ada');
    for (const late of [
      () => claimReview(db, review.id, who('bob')),
      () => saveReviewValue(db, review.id, { version: 2, value: 1, by: who('bob') }),
      () => decideAs(review.id, 'bob', { version: 2 }),
    ]) {
      await expect(late()).rejects.toMatchObject({
        code: 'review_decided',
        message: expect.stringContaining('ada'),
        extra: { current: { decision: { by: 'ada' } } },
      });
    }
  });
});

describe('a decision', () => {
  it('that fails on its way leaves nothing behind', async () => {
    const review = await ask(await run());
    await expect(
      db.transaction().execute(async (tx) => {
        await decide(tx, review.id, { version: 1, decision: 'approve', value: null, reason: null, comment: null, by: who('ada') });
        throw new Error('the power went');
      }),
    ).rejects.toThrow('the power went');
    expect(await getReview(db, review.id)).toMatchObject({ status: 'pending', version: 1, decision: null });
    expect(
      await db.selectFrom('outbox').select('id').where('topic', '=', 'temporal.decision').where('run_id', '=', review.run_id).execute(),
    ).toEqual([]);
    expect(await db.selectFrom('audit').select('id').where('subject', '=', review.id).execute()).toEqual([]);
  });
  it('an edit keeps both values', async () => {
    const review = await ask(await run());
    const decided = await decideAs(review.id, 'ada', { decision: 'edit', value: { text: 'better' } });
    expect(decided).toMatchObject({
      status: 'decided',
      version: 2,
      value: { text: 'better' },
      original: { text: 'hello' },
      claimed_by: null,
      decision: { decision: 'edit', value: { text: 'better' }, original: { text: 'hello' }, by: 'ada' },
    });
  });
});

describe('escalation', () => {
  it('moves what is pending to the queue above, once, with an audit row', async () => {
    const now = new Date();
    const escalate = { after_ms: 5_000, to: 'leads' };
    const [late, decided, calm] = [
      await ask(await run(), { escalate }, now),
      await ask(await run(), { escalate }, now),
      await ask(await run(), {}, now),
    ];
    await decideAs(decided.id, 'ada');
    expect(await escalateDue(db, new Date(now.getTime() + 4_999))).toBe(0);
    expect(await escalateDue(db, new Date(now.getTime() + 5_000))).toBe(1);
    expect(await escalateDue(db, new Date(now.getTime() + 9_000))).toBe(0);
    expect(await Promise.all([late, decided, calm].map(async ({ id }) => (await getReview(db, id))?.queue))).toEqual([
      'leads',
      'support',
      'support',
    ]);
    expect(await db.selectFrom('audit').select(['action', 'detail']).where('subject', '=', late.id).execute()).toEqual([
      { action: 'review.escalate', detail: { queue: 'leads' } },
    ]);
    expect((await getReview(db, late.id))?.version).toBe(1);
  });
});
