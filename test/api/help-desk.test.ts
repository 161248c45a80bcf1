import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { startHelpDesk, type HelpDesk } from '../../runtime/demo/help-desk.ts';
import { writeToCrm } from '../../chains/meeting-to-crm/crm.ts';
import { sendReply, withoutCitations } from '../../chains/support-reply/help-desk.ts';

const secret = `whsec_${Buffer.from('a secret of the help desk test').toString('base64')}`;
const reply = { to: 'ines@post.example', subject: 'Re: Return', text: 'You have 30 days.', ticket_id: 'T-1' };
const open: { desk: HelpDesk; folder: string }[] = [];

async function desk(options: { secret?: string } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'trimtab-help-desk-'));
  const started = { desk: await startHelpDesk({ folder, ...options }), folder };
  open.push(started);
  return started;
}
const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/replies`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

afterEach(async () => {
  for (const one of open.splice(0)) {
    await one.desk.stop();
    await rm(one.folder, { recursive: true });
  }
});

describe('the demo help desk', () => {
  it('keeps a reply as one file and lists it', async () => {
    const {
      desk: { url },
      folder,
    } = await desk();
    const response = await post(url, JSON.stringify(reply), { 'idempotency-key': 'run_1:send:abc' });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { id: string; to: string };
    expect(answer).toEqual({ id: expect.stringMatching(/^msg_[0-9a-f]{24}$/), to: reply.to });
    expect(await readdir(folder)).toEqual([`${answer.id}.json`]);
    expect(JSON.parse(await readFile(path.join(folder, `${answer.id}.json`), 'utf8'))).toMatchObject({
      ...reply,
      idempotency_key: 'run_1:send:abc',
    });
    expect(((await (await fetch(`${url}/replies`)).json()) as { data: unknown[] }).data).toMatchObject([reply]);
  });

  it('answers a known key as the first time and leaves no second file, also when both come at once and after a restart', async () => {
    const {
      desk: { url },
      folder,
    } = await desk();
    const texts = ['first', 'second', 'third', 'fourth'];
    const answers = await Promise.all(
      texts.map(async (text) => (await post(url, JSON.stringify({ ...reply, text }), { 'idempotency-key': 'same' })).text()),
    );
    expect(new Set(answers).size).toBe(1);
    const again = await startHelpDesk({ folder });
    expect(await (await post(again.url, JSON.stringify({ ...reply, to: 'else@post.example' }), { 'idempotency-key': 'same' })).text()).toBe(
      answers[0],
    );
    await again.stop();
    expect(await readdir(folder)).toHaveLength(1);
    await post(url, JSON.stringify(reply), { 'idempotency-key': 'other' });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('takes a signed reply and refuses an unsigned, a changed and an old one when a secret is set', async () => {
    const {
      desk: { url },
      folder,
    } = await desk({ secret });
    const body = JSON.stringify(reply);
    const signed = (at: Date) => ({
      'idempotency-key': 'k',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    });
    expect((await post(url, body, { 'idempotency-key': 'k' })).status).toBe(401);
    expect((await post(url, body.replace('30 days', '90 days'), signed(new Date()))).status).toBe(401);
    expect((await post(url, body, signed(new Date(Date.now() - 3_600_000)))).status).toBe(401);
    expect(await readdir(folder)).toEqual([]);
    expect((await post(url, body, signed(new Date()))).status).toBe(200);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('names what is wrong and keeps nothing half-written', async () => {
    const {
      desk: { url },
      folder,
    } = await desk();
    const key = { 'idempotency-key': 'k' };
    expect((await post(url, '{', key)).status).toBe(400);
    expect((await post(url, JSON.stringify(reply))).status).toBe(400);
    expect((await post(url, JSON.stringify({ ...reply, text: 'x'.repeat(1_000_001) }), key)).status).toBe(413);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    const wrong = await post(url, JSON.stringify({ ...reply, to: '', cc: 'x' }), key);
    expect(wrong.status).toBe(422);
    expect(((await wrong.json()) as { detail: string }).detail).toContain('/to');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the send step of support-reply', () => {
  const context = (url: string | undefined, secrets: Record<string, string> = {}) => ({
    key: 'run_1:send:abc',
    run_id: 'run_1',
    step: 'send',
    signal: AbortSignal.timeout(5_000),
    services: {
      knowledge: () => Promise.resolve([]),
      database: () => Promise.resolve([]),
      sql: () => Promise.reject(new Error('not here')),
      describeSql: () => Promise.resolve([]),
      mcp: { tools: () => Promise.resolve([]), check: () => Promise.resolve(), call: () => Promise.resolve([]) },
      cached: () => Promise.resolve([]),
      open: () => Promise.reject(new Error('not here')),
      secret: (name: string) => secrets[name],
      endpoint: (name: string) => (name === 'helpdesk' ? url : undefined),
    },
  });

  it('sends the text without citations, once per key', async () => {
    const {
      desk: { url },
      folder,
    } = await desk();
    const outgoing = { ...reply, text: 'You have 30 days [1]. A label costs €6.90 [1, 2] from Germany.' };
    const first = await sendReply(outgoing, context(url));
    expect(await sendReply(outgoing, context(undefined, { HELPDESK_URL: url }))).toEqual(first);
    const [file] = await readdir(folder);
    expect(JSON.parse(await readFile(path.join(folder, file ?? ''), 'utf8'))).toMatchObject({
      text: 'You have 30 days. A label costs €6.90 from Germany.',
      to: reply.to,
    });
  });

  it('fails for a person to see when the desk refuses or is not set, and to be tried again when it is away', async () => {
    const {
      desk: { url },
    } = await desk({ secret });
    await expect(sendReply(reply, context(url))).rejects.toMatchObject({ code: 'effect_failed', message: expect.stringContaining('401') });
    await expect(sendReply(reply, context(undefined))).rejects.toMatchObject({
      code: 'effect_failed',
      message: expect.stringContaining('HELPDESK_URL'),
    });
    const away = await desk();
    await away.desk.stop();
    await expect(sendReply(reply, context(away.desk.url))).rejects.not.toMatchObject({ code: 'effect_failed' });
  });

  it('follows no redirect with what is meant for the help desk or the CRM: a person mends the address', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const update = { meeting_id: 'm1', updates: [] };
    await expect(sendReply(reply, context(url))).rejects.toMatchObject({ code: 'effect_failed', message: 'the help desk answered 307: ' });
    await expect(writeToCrm(update, context(undefined, { CRM_URL: url }))).rejects.toMatchObject({ code: 'effect_failed' });
    await new Promise((closed) => server.close(closed));
    expect(asked).toEqual(['/replies', '/updates']);
  });

  it('leaves brackets that are no citations alone', () => {
    expect(withoutCitations('See [the list](https://x.example) [2][3].\n- one [1]\n- [two]')).toBe(
      'See [the list](https://x.example).\n- one\n- [two]',
    );
  });
});
