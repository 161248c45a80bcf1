import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { beforeAll, describe, expect, it } from 'vitest';
import { identify, whoAsks } from '../../src/api/access.ts';
import type { ApiEnv } from '../../src/api/deps.ts';
import { newId } from '../../src/store/ids.ts';
import { createKey, revokeKey } from '../../src/store/keys.ts';
import { askPerson } from '../../src/store/reviews.ts';
import { inviteUser } from '../../src/store/sessions.ts';
import type { AskRequest, Review } from '../../src/shapes/review.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url));
let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine({ configFile, worker: false });
});

type Headers = Record<string, string>;
/** The person of this name, with a session of the page. */
async function person(name: string): Promise<Headers> {
  const link = await fetch(`${engine.url}/sign-in?token=${await inviteUser(engine.db, name)}`, { redirect: 'manual' });
  return { authorization: '', origin: engine.url, cookie: link.headers.get('set-cookie')?.split(';')[0] ?? '' };
}
/** A key that somebody gave a person's name. */
async function keyNamed(name: string): Promise<{ id: string; headers: Headers }> {
  const { id, key } = await createKey(engine.db, { name, scopes: ['runs:read', 'reviews:decide'] });
  return { id, headers: { authorization: `Bearer ${key}` } };
}
async function review(change: Partial<AskRequest> = {}): Promise<Review> {
  const { body: run } = await engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q' } } });
  const ask: AskRequest = {
    run_id: run.id,
    chain: 'tickets',
    step: 'approve',
    occurrence: 1,
    pass: 1,
    ask: 1,
    kind: 'review',
    of: 'draft',
    queue: 'support',
    value: { text: 'proposal [1]' },
    step_input: null,
    input_hash: 'h',
    verdicts: [],
    why: 'test',
    due_ms: null,
    escalate: null,
    expires_ms: 60_000,
    ...change,
  };
  return askPerson(engine.db, ask, { id: newId('rev'), now: new Date() });
}
const post = (path: string, headers: Headers, body: unknown = {}) => engine.call(path, { body, headers });

describe('a key that carries the name of a person', () => {
  it('does not hold, release or decide what the person holds', async () => {
    const { id } = await review();
    const [ada, key] = [await person('ada'), await keyNamed('ada')];
    expect((await post(`/v1/reviews/${id}/claim`, ada)).body).toMatchObject({ claimed_by: 'ada', claimed_by_id: 'user:ada' });
    expect((await post(`/v1/reviews/${id}/claim`, key.headers)).body).toMatchObject({ status: 409, code: 'review_claimed' });
    expect((await post(`/v1/reviews/${id}/release`, key.headers)).body.claimed_by).toBe('ada');
    const approve = { decision: 'approve', version: 1 };
    expect((await post(`/v1/reviews/${id}/decision`, key.headers, approve)).body).toMatchObject({ status: 409, code: 'review_claimed' });
    expect((await post(`/v1/reviews/${id}/decision`, ada, approve)).body.decision).toMatchObject({ by: 'ada', by_id: 'user:ada' });
  });
  it('is named as a key when it was first, and in the audit', async () => {
    const { id } = await review();
    const [ada, key] = [await person('ada'), await keyNamed('ada')];
    await post(`/v1/reviews/${id}/decision`, key.headers, { decision: 'approve', version: 1 });
    expect((await post(`/v1/reviews/${id}/decision`, ada, { decision: 'approve', version: 1 })).body).toMatchObject({
      code: 'review_decided',
      detail: expect.stringContaining("the key 'ada'"),
      current: { decision: { by: 'ada', by_id: key.id } },
    });
    expect(await engine.db.selectFrom('audit').select(['actor', 'actor_id']).where('subject', '=', id).execute()).toEqual([
      { actor: 'ada', actor_id: key.id },
    ]);
  });
});

describe('the assignee of a review', () => {
  const of = async (name: string): Promise<string[]> =>
    (await engine.call(`/v1/reviews?assignee=${encodeURIComponent(name)}`)).body.data.map((each: Review) => each.id);
  it('is who claimed it, until they give it back, also after the claim ran out', async () => {
    const { id } = await review();
    const eve = await person('eve');
    expect(await of('eve')).toEqual([]);
    await post(`/v1/reviews/${id}/claim`, eve);
    expect(await of('eve')).toEqual([id]);
    await engine.db
      .updateTable('reviews')
      .set({ claimed_until: new Date(0) })
      .where('id', '=', id)
      .execute();
    expect((await engine.call(`/v1/reviews/${id}`)).body).toMatchObject({ assignee: 'eve', claimed_by: null });
    await post(`/v1/reviews/${id}/release`, eve);
    expect(await of('eve')).toEqual([]);
  });
  it('moves to whoever takes over, and is who decided in the end', async () => {
    const { id } = await review();
    const [fay, key] = [await person('fay'), await keyNamed('gus')];
    await post(`/v1/reviews/${id}/claim`, fay);
    await engine.db
      .updateTable('reviews')
      .set({ claimed_until: new Date(0) })
      .where('id', '=', id)
      .execute();
    await post(`/v1/reviews/${id}/claim`, key.headers);
    expect([await of('fay'), await of('gus'), await of(key.id)]).toEqual([[], [id], [id]]);
    await post(`/v1/reviews/${id}/decision`, key.headers, { decision: 'approve', version: 1 });
    await post(`/v1/reviews/${id}/release`, key.headers);
    expect(await of('gus')).toEqual([id]);
  });
});

it('the queues are counted with what is overdue', async () => {
  const mine = { queue: 'counted' };
  await review(mine);
  await review({ ...mine, due_ms: -1_000 });
  const done = await review(mine);
  await engine.call(`/v1/reviews/${done.id}/decision`, { body: { decision: 'approve', version: 1 } });
  expect((await engine.call('/v1/queues')).body.data).toContainEqual({ queue: 'counted', pending: 2, overdue: 1 });
});

describe('a review whose step this build does not know', () => {
  it.each([{ chain: 'gone' }, { step: 'renamed' }])('is not decided unchecked, and nothing is lost: %j', async (change) => {
    const { id } = await review(change);
    for (const body of [
      { decision: 'approve', version: 1 },
      { decision: 'edit', version: 1, value: 42 },
    ]) {
      const answer = await engine.call(`/v1/reviews/${id}/decision`, { body });
      expect(answer.body).toMatchObject({ status: 503, code: 'unavailable', detail: expect.stringContaining('nothing was stored') });
      expect(answer.headers.get('retry-after')).toBe('30');
    }
    expect((await engine.call(`/v1/reviews/${id}/value`, { method: 'PUT', body: { version: 1, value: 42 } })).status).toBe(503);
    expect((await engine.call(`/v1/reviews/${id}`)).body).toMatchObject({ status: 'pending', version: 1, decision: null });
    const back = await engine.call(`/v1/reviews/${id}/decision`, { body: { decision: 'reject', version: 1, reason: 'no' } });
    expect(back.status).toBe(200);
  });
});

describe('an open stream of events', () => {
  /** Reads the stream until the server ends it. */
  async function listen(headers: Headers): Promise<{ hello: Promise<void>; end: Promise<string> }> {
    const response = await fetch(`${engine.url}/v1/events`, { headers });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let greeted: () => void = () => undefined;
    const hello = new Promise<void>((resolve) => (greeted = resolve));
    const end = (async () => {
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text += part.value;
        if (text.includes('event: hello')) greeted();
      }
      return text;
    })();
    return { hello, end };
  }
  it('ends with the key it was opened with, and says so', async () => {
    const key = await keyNamed('watcher');
    const { hello, end } = await listen(key.headers);
    await hello;
    await revokeKey(engine.db, key.id);
    expect(await end).toMatch(/event: ended\ndata: \{\}\n\n$/);
  });
  it('ends with its session, while that of another goes on', async () => {
    const [hal, ivy] = [await person('hal'), await person('ivy')];
    const [gone, stays] = [await listen(hal), await listen(ivy)];
    await Promise.all([gone.hello, stays.hello]);
    expect((await post('/v1/sign-out', hal)).status).toBe(204);
    expect(await gone.end).toContain('event: ended');
    const { id } = await review();
    const later = await Promise.race([stays.end, until(async () => (await engine.call(`/v1/reviews/${id}`)).status === 200)]);
    expect(later).toBe(true);
    await post('/v1/sign-out', ivy);
    expect(await stays.end).toContain(id);
  });
});

it('many who ask at once are each known by their own key, also where one of them asks twice, and one with a key that is gone by nothing', async () => {
  const [ada, ben, gone] = [await keyNamed('ada'), await keyNamed('ben'), await keyNamed('gone')];
  await revokeKey(engine.db, gone.id);
  const ask = async (headers: Headers, path: string, body?: unknown) => (await engine.call(path, { headers, body })).status;
  const asked = Array.from({ length: 20 }, () => [
    ask(ada.headers, '/v1/reviews'),
    ask(gone.headers, '/v1/reviews'),
    // Ben's key may not do that, the engine's own may.
    ask(ben.headers, '/v1/runs/retry', { code: 'auth' }),
    ask({}, '/v1/runs/retry', { code: 'auth' }),
    ask({ authorization: 'Bearer tt_unknown' }, '/v1/reviews'),
  ]);
  const answered = await Promise.all(asked.map((each) => Promise.all(each)));
  expect(answered).toEqual(asked.map(() => [200, 401, 403, 202, 401]));
});

it('a hundred requests that come together are a few statements for their keys', async () => {
  let statements = 0;
  const db = engine.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const app = new Hono<ApiEnv>();
  app.use(identify(whoAsks({ db, publicUrl: engine.url })));
  app.get('/', (context) => context.text(context.get('actor').name));
  const { headers } = await keyNamed('flo');
  const ask = async () => (await app.request('/', { headers })).text();
  expect(await ask()).toBe('flo');
  expect(statements).toBe(1);
  expect(new Set(await Promise.all(Array.from({ length: 100 }, ask)))).toEqual(new Set(['flo']));
  expect(statements).toBeLessThan(10);
});
