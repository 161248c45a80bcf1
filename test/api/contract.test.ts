import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { askPerson } from '../../src/store/reviews.ts';
import { inviteUser } from '../../src/store/sessions.ts';
import { newId } from '../../src/store/ids.ts';
import { testEngine, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url));
let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine({ configFile, worker: false });
  const { call } = engine;
  engine.call = async (path, options = {}) => {
    const answer = await call(path, options);
    const method = options.method ?? (options.body === undefined ? 'GET' : 'POST');
    answers.push({ method, path: path.split('?')[0] ?? '', status: answer.status, type: answer.headers.get('content-type') ?? '' });
    return answer;
  };
});
/** What this file was answered, to be held against the OpenAPI page at its end. */
const answers: { method: string; path: string; status: number; type: string }[] = [];

const begin = (question = 'q', headers: Record<string, string> = {}) =>
  engine.call('/v1/chains/tickets/runs', { body: { input: { question } }, headers });
let asks = 0;
/** A pending review without a worker: the same door the workflow uses. */
async function review(value: unknown = { text: 'proposal [1]' }, change: { due_ms?: number; expires_ms?: number } = {}): Promise<any> {
  const { body: run } = await begin();
  asks += 1;
  return askPerson(
    engine.db,
    {
      run_id: run.id,
      chain: 'tickets',
      step: 'approve',
      occurrence: asks,
      pass: 1,
      ask: 1,
      kind: 'review',
      of: 'draft',
      queue: 'support',
      value,
      step_input: value,
      input_hash: 'h',
      verdicts: [],
      why: 'test',
      due_ms: change.due_ms ?? null,
      escalate: null,
      expires_ms: change.expires_ms ?? 60_000,
    },
    { id: newId('rev'), now: new Date() },
  );
}
const decide = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  engine.call(`/v1/reviews/${id}/decision`, { body, headers });

describe('bad requests get the status of the contract and a next step', () => {
  const cases: [string, () => Promise<{ status: number; body: any }>, number, string][] = [
    ['malformed JSON', () => engine.call('/v1/chains/tickets/runs', { body: '{"input":' }), 400, 'bad_request'],
    ['no key', () => engine.call('/v1/runs', { headers: { authorization: '' } }), 401, 'unauthorized'],
    ['a wrong key', () => engine.call('/v1/runs', { key: 'tt_nobody' }), 401, 'unauthorized'],
    ['an unknown chain', () => engine.call('/v1/chains/nope/runs', { body: { input: {} } }), 404, 'unknown_chain'],
    ['an unknown run', () => engine.call('/v1/runs/run_nope'), 404, 'not_found'],
    ['an unknown address', () => engine.call('/v1/nope'), 404, 'not_found'],
    [
      'an unknown field',
      () => engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q', extra: 1 } } }),
      422,
      'invalid_input',
    ],
    ['an empty ticket', () => engine.call('/v1/chains/tickets/runs', { body: { input: { question: '' } } }), 422, 'invalid_input'],
    ['10 MB', () => engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'x'.repeat(10_000_000) } } }), 413, 'too_large'],
    [
      'a form',
      () => engine.call('/v1/chains/tickets/runs', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'unsupported_media_type',
    ],
    ['a wrong filter', () => engine.call('/v1/runs?status=sleeping'), 400, 'bad_request'],
    ['a foreign cursor', () => engine.call('/v1/runs?cursor=zzzz'), 400, 'bad_request'],
    ['an unknown review', () => decide('rev_nope', { decision: 'approve', version: 1 }), 404, 'not_found'],
  ];
  it.each(cases)('%s', async (_name, call, status, code) => {
    const runs = await engine.db
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const answer = await call();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      next: expect.any(String),
      request_id: expect.stringMatching(/^req_/),
    });
    expect(
      await engine.db
        .selectFrom('runs')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ).toEqual(runs);
  });

  it('names the place by JSON pointer', async () => {
    expect((await engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q', extra: 1 } } })).body.errors).toEqual([
      { pointer: '/input/extra', detail: 'unknown field' },
    ]);
  });

  it('keeps Arabic, emoji and right-to-left marks as they came', async () => {
    const question = 'أين طلبي؟ \u202Eabc\u202C 🚲';
    expect((await begin(question)).body.input).toEqual({ question });
  });
});

describe('keys have scopes', () => {
  it('a key that starts runs does not decide, read or administer', async () => {
    const key = await engine.key(['runs:write']);
    const pending = await review();
    expect((await engine.call('/v1/chains/tickets/runs', { body: { input: { question: 'q' } }, key })).status).toBe(202);
    expect(
      (await engine.call(`/v1/reviews/${pending.id}/decision`, { body: { decision: 'approve', version: 1 }, key })).body,
    ).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('reviews:decide') });
    expect((await engine.call('/v1/runs', { key })).status).toBe(403);
    expect((await engine.call('/v1/webhooks', { key })).status).toBe(403);
  });
});

describe('an Idempotency-Key', () => {
  it('gives 20 racing requests one run and one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => begin('race', { 'idempotency-key': 'race-1' })));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.every((answer) => answer.status === 202)).toBe(true);
  });
  it('with another body is a conflict', async () => {
    await begin('one', { 'idempotency-key': 'k2' });
    expect((await begin('two', { 'idempotency-key': 'k2' })).body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
  });
  it('gives a decision the same answer again', async () => {
    const pending = await review();
    const first = await decide(pending.id, { decision: 'approve', version: 1 }, { 'idempotency-key': 'd1' });
    expect(first.status).toBe(200);
    expect((await decide(pending.id, { decision: 'approve', version: 1 }, { 'idempotency-key': 'd1' })).body).toEqual(first.body);
  });
});

describe('a decision', () => {
  it('is made once of 30 racing ones, with one audit row and one outbox row; the losers learn who won', async () => {
    const pending = await review();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        decide(pending.id, n % 2 ? { decision: 'approve', version: 1 } : { decision: 'reject', version: 1, reason: 'no' }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(
      answers.filter((answer) => answer.status === 409 && answer.body.code === 'review_decided' && answer.body.current.decision.by),
    ).toHaveLength(29);
    expect(await engine.db.selectFrom('audit').selectAll().where('subject', '=', pending.id).execute()).toHaveLength(1);
    expect(
      await engine.db
        .selectFrom('outbox')
        .selectAll()
        .where('topic', '=', 'temporal.decision')
        .where('run_id', '=', pending.run_id)
        .execute(),
    ).toHaveLength(1);
  });
  it('on another version is refused with the current state', async () => {
    const pending = await review();
    const saved = await engine.call(`/v1/reviews/${pending.id}/value`, {
      method: 'PUT',
      body: { version: 1, value: { text: 'better [1]' } },
    });
    expect(saved.body).toMatchObject({ version: 2, value: { text: 'better [1]' }, original: { text: 'proposal [1]' } });
    expect((await decide(pending.id, { decision: 'approve', version: 1 })).body).toMatchObject({
      status: 409,
      code: 'review_version',
      current: { version: 2 },
    });
    expect((await decide(pending.id, { decision: 'approve', version: 2 })).body.decision).toMatchObject({
      decision: 'edit',
      value: { text: 'better [1]' },
      original: { text: 'proposal [1]' },
    });
  });
  it('is saved once under a key: its repetition hears the same, whoever saved since', async () => {
    const pending = await review();
    const save = (version: number, text: string, key?: string) =>
      engine.call(`/v1/reviews/${pending.id}/value`, {
        method: 'PUT',
        body: { version, value: { text } },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      });
    const first = await save(1, 'mine [1]', 'save-1');
    expect((await save(2, 'theirs [1]')).body).toMatchObject({ version: 3 });
    expect((await save(1, 'mine [1]', 'save-1')).body).toEqual(first.body);
    expect((await save(1, 'other [1]', 'save-1')).body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    expect((await engine.call(`/v1/reviews/${pending.id}`)).body).toMatchObject({ version: 3, value: { text: 'theirs [1]' } });
  });
  it('that breaks the schema is refused and nothing is written', async () => {
    const pending = await review();
    expect((await decide(pending.id, { decision: 'edit', version: 1, value: { text: 3 } })).body).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ pointer: '/value/text' }],
    });
    expect((await engine.call(`/v1/reviews/${pending.id}`)).body).toMatchObject({ status: 'pending', version: 1 });
  });
  it('cannot approve nothing', async () => {
    const pending = await review(null);
    expect((await decide(pending.id, { decision: 'approve', version: 1 })).status).toBe(422);
  });
  it('needs a reason to reject', async () => {
    const pending = await review();
    expect((await decide(pending.id, { decision: 'reject', version: 1, reason: '  ' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/reason' }],
    });
  });
  it('waits for whoever holds the claim', async () => {
    const pending = await review();
    const other = await engine.key(['runs:read', 'reviews:decide']);
    expect((await engine.call(`/v1/reviews/${pending.id}/claim`, { body: {}, key: other })).body.claimed_by).toBe(
      'test runs:read reviews:decide',
    );
    expect((await engine.call(`/v1/reviews/${pending.id}/claim`, { body: {} })).body).toMatchObject({
      status: 409,
      code: 'review_claimed',
    });
    expect((await decide(pending.id, { decision: 'approve', version: 1 })).body).toMatchObject({ status: 409, code: 'review_claimed' });
    await engine.call(`/v1/reviews/${pending.id}/release`, { body: {}, key: other });
    expect((await decide(pending.id, { decision: 'approve', version: 1 })).status).toBe(200);
  });
});

describe('lists', () => {
  it('of runs keep their pages while new ones come', async () => {
    for (let n = 0; n < 7; n += 1) await begin(`page ${n}`);
    const first = (await engine.call('/v1/runs?limit=3')).body;
    await begin('newer');
    const second = (await engine.call(`/v1/runs?limit=3&cursor=${first.next_cursor}`)).body;
    const ids = [...first.data, ...second.data].map((run: { id: string }) => run.id);
    expect(new Set(ids).size).toBe(6);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });
  it('of reviews have the pending ones first, by due time', async () => {
    const late = await review({ text: 'late' }, { due_ms: 50_000 });
    const soon = await review({ text: 'soon' }, { due_ms: 1_000 });
    const done = await review({ text: 'done' }, { due_ms: 10 });
    await decide(done.id, { decision: 'approve', version: 1 });
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await engine.call(`/v1/reviews?limit=4${cursor}`)).body;
      seen.push(...page.data.map((each: { id: string }) => each.id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    const places = [soon.id, late.id, done.id].map((id) => seen.indexOf(id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
  });
  it('find a run by words of its ticket', async () => {
    const { body } = await begin('where is my 100% blue_lamp');
    expect((await engine.call(`/v1/runs?q=${encodeURIComponent('100% blue_')}`)).body.data.map((run: { id: string }) => run.id)).toEqual([
      body.id,
    ]);
  });
});

describe("the page's session", () => {
  const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const signIn = async (): Promise<{ cookie: string; token: string }> => {
    const token = await inviteUser(engine.db, 'ada');
    return { token, cookie: cookieOf(await fetch(`${engine.url}/sign-in?token=${token}`, { redirect: 'manual' })) };
  };
  it('begins with a link that works once', async () => {
    const { cookie, token } = await signIn();
    expect((await engine.call('/v1/me', { headers: { authorization: '', cookie } })).body).toMatchObject({ name: 'ada', kind: 'user' });
    const again = await fetch(`${engine.url}/sign-in?token=${token}`, { redirect: 'manual' });
    expect(again.headers.get('set-cookie')).toBeNull();
  });
  it("changes nothing for another page, and decides under the person's name for ours", async () => {
    const { cookie } = await signIn();
    const pending = await review();
    const send = (origin?: string) =>
      engine.call(`/v1/reviews/${pending.id}/decision`, {
        body: { decision: 'approve', version: 1 },
        headers: { authorization: '', cookie, ...(origin ? { origin } : {}) },
      });
    expect((await send('https://evil.example')).status).toBe(403);
    expect((await send()).status).toBe(403);
    expect((await send(engine.url)).body.decision.by).toBe('ada');
  });
  it('is not for another host name', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${engine.url}/v1/me`, { headers: { host: 'rebound.example' } }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(403);
  });
});

describe('the rest', () => {
  it('takes feedback of known types only', async () => {
    const { body: run } = await begin();
    expect((await engine.call(`/v1/runs/${run.id}/feedback`, { body: { type: 'rating', value: 5, step: 'draft' } })).body).toMatchObject({
      id: expect.stringMatching(/^fb_/),
      type: 'rating',
      value: 5,
    });
    expect((await engine.call(`/v1/runs/${run.id}/feedback`, { body: { type: 'mood', value: 5 } })).status).toBe(422);
  });
  it('says what is missing when it is not ready', async () => {
    const ready = await engine.call('/readyz', { headers: { authorization: '' } });
    expect(ready.headers.get('retry-after')).toBe('5');
    expect(ready).toMatchObject({ status: 503, body: { missing: [expect.stringContaining('no worker')], stores: true } });
    expect((await engine.call('/healthz', { headers: { authorization: '' } })).status).toBe(200);
  });
  it('?wait answers 202 after the time when nothing happened', async () => {
    const answer = await engine.call('/v1/chains/tickets/runs?wait=0.2', { body: { input: { question: 'q' } } });
    expect(answer).toMatchObject({ status: 202, body: { status: 'running' } });
  });
  it('a run that is not blocked cannot be retried', async () => {
    const { body: run } = await begin();
    expect((await engine.call(`/v1/runs/${run.id}/retry`, { body: {} })).body).toMatchObject({ status: 409, code: 'conflict' });
  });
  it('every route of the contract is in the OpenAPI page', async () => {
    const { body } = await engine.call('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths).toSorted()).toEqual([
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
      '/v1/batches/{id}',
      '/v1/chains',
      '/v1/chains/{chain}',
      '/v1/chains/{chain}/batches',
      '/v1/chains/{chain}/batches/check',
      '/v1/chains/{chain}/runs',
      '/v1/deliveries/{id}/resend',
      '/v1/events',
      '/v1/me',
      '/v1/queues',
      '/v1/reviews',
      '/v1/reviews/{id}',
      '/v1/reviews/{id}/claim',
      '/v1/reviews/{id}/decision',
      '/v1/reviews/{id}/release',
      '/v1/reviews/{id}/value',
      '/v1/runs',
      '/v1/runs/retry',
      '/v1/runs/{id}',
      '/v1/runs/{id}/cancel',
      '/v1/runs/{id}/feedback',
      '/v1/runs/{id}/retry',
      '/v1/runs/{id}/steps',
      '/v1/sign-out',
      '/v1/webhooks',
      '/v1/webhooks/{id}',
      '/v1/webhooks/{id}/deliveries',
    ]);
  });
  it('tells of changes as server-sent events, without values', async () => {
    const stop = new AbortController();
    const response = await fetch(`${engine.url}/v1/events`, {
      headers: { authorization: `Bearer ${await engine.key(['runs:read'])}` },
      signal: stop.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const { body: run } = await begin('a secret question');
    let text = '';
    while (!text.includes(run.id)) text += (await reader?.read())?.value ?? '';
    stop.abort();
    expect(text).toContain('event: run');
    expect(text).not.toContain('secret');
  });
});

it('every answer given above is one that the OpenAPI page names, with its content type', async () => {
  const { paths } = (await engine.call('/openapi.json')).body;
  const routes = Object.keys(paths).toSorted((a, b) => a.split('{').length - b.split('{').length);
  const routeOf = (path: string) => routes.find((route) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));
  const known = answers.flatMap((answer) => ({ ...answer, route: routeOf(answer.path) })).filter(({ route }) => route !== undefined);
  const unnamed = known.filter(({ route, method, status, type }) => {
    const named = paths[route ?? ''][method.toLowerCase()]?.responses[status];
    return !named || (named.content && !Object.keys(named.content).some((each) => type.startsWith(each)));
  });
  expect(unnamed).toEqual([]);
  expect(new Set(known.map(({ status }) => status))).toEqual(new Set([200, 201, 202, 401, 403, 404, 409, 413, 415, 422, 400, 503]));
});
