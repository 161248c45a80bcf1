import { fileURLToPath } from 'node:url';
import { request } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/egress/refusal.ts';
import { Ticket } from '../../src/shapes/ticket.ts';
import { testEngine, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url));
let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine({ configFile, worker: false });
});

const begin = (question: unknown, rest: object = {}) => engine.call('/v1/chains/tickets/runs', { body: { input: { question }, ...rest } });
const runs = async (): Promise<number> =>
  (
    await engine.db
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count;

/** A request as node sends it: without a length, or for another name. */
function raw(
  path: string,
  options: { method?: string; headers?: Record<string, string>; chunks?: string[] } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${engine.url}${path}`,
      { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    for (const chunk of options.chunks ?? []) sent.write(chunk);
    sent.end();
  });
}

describe('text that Postgres cannot keep is refused by place, and nothing is stored', () => {
  it.each([
    ['a NUL character', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('%s', async (_name, question) => {
    const before = await runs();
    const answer = await engine.call('/v1/chains/tickets/runs', { body: `{"input":{"question":${JSON.stringify(question)}}}` });
    expect(answer.body).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ pointer: '/input/question' }] });
    expect(await runs()).toBe(before);
  });
  it('a NUL in a key of metadata', async () => {
    expect((await begin('q', { metadata: { 'a\u0000': 1 } })).body).toMatchObject({ status: 422, code: 'invalid_input' });
  });
  it('a tower of brackets', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const answer = await engine.call('/v1/chains/tickets/runs', { body: `{"input":{"question":"q"},"metadata":{"deep":${deep}}}` });
    expect(answer.body).toMatchObject({ status: 422, code: 'invalid_input' });
  });
});

describe('what would be stored otherwise than it came is refused by place, and nothing is stored', () => {
  it.each([
    ['a number beyond all numbers', '{"input":{"question":"q"},"metadata":{"n":[1e400]}}', '/metadata/n/0'],
    ['a field __proto__', '{"input":{"question":"q"},"metadata":{"a":{"__proto__":{"admin":true}}}}', '/metadata/a/__proto__'],
  ])('%s', async (_name, body, pointer) => {
    const before = await runs();
    expect((await engine.call('/v1/chains/tickets/runs', { body })).body).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ pointer }],
    });
    expect(await runs()).toBe(before);
  });
  it('bytes that are not UTF-8', async () => {
    const before = await runs();
    const answer = await fetch(`${engine.url}/v1/chains/tickets/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await engine.key(['runs:write'])}`, 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"input":{"question":"caf'), Buffer.from([0xe9]), Buffer.from('"}}')]),
    });
    expect(await answer.json()).toMatchObject({ status: 400, code: 'bad_request', detail: 'the body is not UTF-8' });
    expect(await runs()).toBe(before);
  });
  it('a field that is missing is said to be missing', async () => {
    expect((await engine.call('/v1/chains/tickets/runs', { body: {} })).body.errors).toEqual([{ pointer: '/input', detail: 'is missing' }]);
  });
  it.each(['from', 'subject', 'id'])('a line break in the %s of a ticket, which could begin a header of a mail', (field) => {
    const ticket = { id: '1', from: 'a@b.example', subject: 's', body: 'two\nlines' };
    expect(Ticket.safeParse(ticket).success).toBe(true);
    expect(Ticket.safeParse({ ...ticket, [field]: 'x\r\nBcc: everybody@example.com' }).error?.issues[0]?.message).toContain('line break');
  });
});

describe('a slip is said, not guessed around', () => {
  it.each([
    [
      'an empty Idempotency-Key',
      '/v1/chains/tickets/runs',
      { body: { input: { question: 'q' } }, headers: { 'idempotency-key': '' } },
      400,
    ],
    ['a misspelt filter', '/v1/runs?chian=tickets', {}, 400],
    ['a misspelt filter of reviews', '/v1/reviews?assigne=ada', {}, 400],
    ['a code that blocks nothing', '/v1/runs/retry', { body: { code: 'auht' } }, 422],
    ['the deliveries of no endpoint', '/v1/webhooks/wh_nope/deliveries', {}, 404],
    ['an endpoint with a password in it', '/v1/webhooks', { body: { url: 'https://ada:pw@desk.example/', events: ['run.ended'] } }, 422],
  ])('%s', async (_name, path, call, status) => {
    expect((await engine.call(path, call)).body).toMatchObject({ status, next: expect.any(String) });
  });
  it('a missing key is told which scheme to use', async () => {
    expect((await engine.call('/v1/runs', { headers: { authorization: '' } })).headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('an endpoint to which nothing could be delivered is refused before it is written down', () => {
  it.each([
    ['no address', 'desk.example/hook', /\/url is no http or https address/],
    ['another scheme', 'ftp://desk.example/hook', /\/url is no http or https address/],
    ['a password', 'https://ada:pw@desk.example/', /\/url has a name or password in it/],
    [
      'http on the public internet',
      'http://93.184.216.34/hook',
      /\/url 93\.184\.216\.34: http is for hosts that the operator lists in TRIMTAB_EGRESS_ALLOW/,
    ],
    ['a port that is not open', 'https://93.184.216.34:8443/hook', /\/url 93\.184\.216\.34: port 8443 is not open/],
    ['an inside address', 'https://10.0.0.7/hook', /\/url 10\.0\.0\.7 is not on the public internet; an operator can list it/],
    ['an inside address in other digits', 'https://2851995905/', /\/url 169\.254\.1\.1 is not on the public internet/],
    ['an inside address of IPv6', 'https://[fd00::1]/', /\/url fd00::1 is not on the public internet/],
  ])('%s', async (_name, url, detail) => {
    const answer = await engine.call('/v1/webhooks', { body: { url, events: ['run.ended'] } });
    expect(answer.body).toMatchObject({
      status: 422,
      code: 'invalid_input',
      detail: expect.stringMatching(detail),
      errors: [{ pointer: '/url' }],
    });
    expect((await engine.call('/v1/webhooks')).body.data).toEqual([]);
  });
  it('but a public one is taken, and while trimtab is on this machine alone one on this machine', async () => {
    for (const url of ['https://93.184.216.34/hook', 'http://127.0.0.1:9/hook']) {
      const { status, body } = await engine.call('/v1/webhooks', { body: { url, events: ['run.ended'] } });
      expect([status, body.url]).toEqual([201, url]);
      await engine.call(`/v1/webhooks/${body.id}`, { method: 'DELETE' });
    }
  });
  it('by its name too: one that leads inside is refused, one that leads nowhere yet may lead somewhere later', async () => {
    const named: Record<string, string[]> = { 'inside.example': ['93.184.216.34', '10.0.0.7'], 'desk.example': ['93.184.216.34'] };
    const resolve = async (host: string): Promise<string[]> => named[host] ?? Promise.reject(new Error('ENOTFOUND'));
    const refusal = (host: string) => refusalOf({ allow: [], ports: [443] }, `https://${host}/hook`, resolve);
    expect(await refusal('inside.example')).toMatch(/^inside\.example is not on the public internet/);
    expect([await refusal('desk.example'), await refusal('soon.example')]).toEqual([null, null]);
  });
});

describe("addresses and filters that make no sense are the asker's fault", () => {
  it.each([
    ['a NUL in an id', '/v1/runs/run_%00', 400],
    ['a NUL in a search', '/v1/runs?q=%00', 400],
    ['a cursor that looks like ours', `/v1/runs?cursor=${Buffer.from('last tuesday-ish|run_1').toString('base64url')}`, 400],
    ['a cursor of reviews that looks like ours', `/v1/reviews?cursor=${Buffer.from('x|y|z|w').toString('base64url')}`, 400],
    ['a page that is cut off', '/%E0%A4%A', 404],
  ])('%s', async (_name, path, status) => {
    const answer = await raw(path, { headers: { authorization: `Bearer ${await engine.key(['runs:read'])}` } });
    expect({ status: answer.status, body: JSON.parse(answer.text) }).toMatchObject({ status, body: { status, next: expect.any(String) } });
  });
});

it('a body without a length is stopped at the limit too', async () => {
  const headers = {
    authorization: `Bearer ${await engine.key(['runs:write'])}`,
    'content-type': 'application/json',
    'transfer-encoding': 'chunked',
  };
  const answer = await raw('/v1/chains/tickets/runs', {
    method: 'POST',
    headers,
    chunks: ['{"input":{"question":"', ...Array.from({ length: 40 }, () => 'x'.repeat(65_536)), '"}}'],
  });
  expect(JSON.parse(answer.text)).toMatchObject({ status: 413, code: 'too_large', detail: expect.stringContaining('1 MiB') });
});

it('a probe by address is told of health whatever name it uses', async () => {
  expect((await raw('/healthz', { headers: { host: '10.0.0.7:8090' } })).status).toBe(200);
  expect((await raw('/v1/me', { headers: { host: '10.0.0.7:8090' } })).status).toBe(403);
});

it('a page that was never built is said to be missing', async () => {
  expect((await raw('/')).status).toBe(404);
});
