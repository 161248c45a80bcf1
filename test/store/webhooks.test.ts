import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRelay, type Relay } from '../../runtime/relay.ts';
import { webhookTopic } from '../../runtime/tell-webhook.ts';
import { createOpen } from '../../src/egress/open.ts';
import type { Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { startListener, type Listener } from '../../src/store/listener.ts';
import { insertRun } from '../../src/store/run-commands.ts';
import { setRunStatus } from '../../src/store/runs.ts';
import { createWebhook, deleteWebhook, listDeliveries, listWebhooks, resendDelivery } from '../../src/store/webhooks.ts';
import type { WebhookEvent } from '../../src/shapes/webhook.ts';
import { testDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';

let db: Database;
let listener: Listener;
let relay: Relay;
let receiver: Server;
let url: string;
let heard: { headers: IncomingMessage['headers']; body: string; path: string }[] = [];
/** What the receiver answers, in this order; then 204. */
let answers: { status: number; location?: string }[] = [];

beforeAll(async () => {
  const database = await testDatabase();
  db = database.db;
  listener = startListener(database.url);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      heard.push({ headers: request.headers, body, path: request.url ?? '' });
      const { status, location } = answers.shift() ?? { status: 204 };
      response.writeHead(status, location ? { location } : {}).end(status === 204 ? undefined : 'x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  relay = startRelay({
    db,
    listener,
    log: () => undefined,
    topics: { webhook: webhookTopic(db, createOpen({ allow: ['127.0.0.1:*'], ports: [443] })) },
  });
});
afterAll(async () => {
  await relay.stop();
  await listener.stop();
  receiver.close();
});
beforeEach(async () => {
  for (const { id } of await listWebhooks(db)) await deleteWebhook(db, id, 'test');
  heard = [];
  answers = [];
});

const endpoint = (events: WebhookEvent[], path = '/hook') => createWebhook(db, { url: `${url}${path}`, events, by: 'test' });
async function endedRun(output: unknown = 'the answer'): Promise<string> {
  const id = newId('run');
  await insertRun(db, { id, chain: 'demo', input: 'the question', user: null, metadata: {}, by: 'test' });
  await db.transaction().execute((tx) => setRunStatus(tx, id, { status: 'succeeded', output }));
  return id;
}
/** What the clock would do: the pause before the next try is over. */
const pauseIsOver = () =>
  db
    .updateTable('outbox')
    .set({ due_at: new Date(0) })
    .where('topic', '=', 'webhook')
    .where('done_at', 'is', null)
    .execute();
const onlyDelivery = async (id: string) => (await listDeliveries(db, id))[0];

it('an endpoint hears of what it asked for, signed, without values', async () => {
  const { id, secret } = await endpoint(['run.ended']);
  await endpoint(['run.blocked'], '/other');
  const run_id = await endedRun();
  await until(async () => (await onlyDelivery(id))?.status === 'delivered');
  expect(heard.map((each) => each.path)).toEqual(['/hook']);
  const [{ headers, body }] = heard as [(typeof heard)[0]];
  expect(new Webhook(secret ?? '').verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'run.ended',
    timestamp: expect.any(String),
    data: { run_id, chain: 'demo', status: 'succeeded' },
  });
  expect(body).not.toContain('answer');
  expect(() => new Webhook(`whsec_${Buffer.from('another').toString('base64')}`).verify(body, headers as Record<string, string>)).toThrow();
  expect(await onlyDelivery(id)).toMatchObject({ event: 'run.ended', tries: 1, last_status: 204, last_error: null });
});

it('a receiver that fails is asked again under the same id, until it hears', async () => {
  const { id } = await endpoint(['run.ended']);
  answers = [{ status: 500 }, { status: 503 }];
  await endedRun();
  for (const tries of [1, 2]) {
    await until(
      async () =>
        (await onlyDelivery(id))?.tries === tries &&
        (await db
          .selectFrom('outbox')
          .select('id')
          .where('topic', '=', 'webhook')
          .where('lease_token', 'is', null)
          .where('done_at', 'is', null)
          .executeTakeFirst()),
    );
    expect(await onlyDelivery(id)).toMatchObject({ status: 'pending', last_error: expect.stringMatching(/it answered 50[03]/) });
    await pauseIsOver();
  }
  await until(async () => (await onlyDelivery(id))?.status === 'delivered');
  expect(new Set(heard.map((each) => each.headers['webhook-id'])).size).toBe(1);
  expect(heard).toHaveLength(3);
});

it('a redirect is not followed', async () => {
  const { id } = await endpoint(['run.ended']);
  answers = [{ status: 307, location: `${url}/elsewhere` }];
  await endedRun();
  await until(async () => (await onlyDelivery(id))?.tries === 1);
  expect(await onlyDelivery(id)).toMatchObject({ status: 'pending', last_status: 307 });
  expect(heard.map((each) => each.path)).toEqual(['/hook']);
});

it('a delivery that was given up is listed as failed with the cause, and can be sent again under its id', async () => {
  const { id } = await createWebhook(db, { url: 'http://127.0.0.1:1/nobody', events: ['run.ended'], by: 'test' });
  await endedRun();
  await until(async () => (await onlyDelivery(id))?.tries === 1);
  await db
    .updateTable('outbox')
    .set({ tries: 11, due_at: new Date(0) })
    .where('topic', '=', 'webhook')
    .where('done_at', 'is', null)
    .execute();
  await until(async () => (await onlyDelivery(id))?.status === 'failed');
  const failed = await onlyDelivery(id);
  expect(failed).toMatchObject({ last_status: null, last_error: expect.stringMatching(/127\.0\.0\.1 did not answer: .+/) });
  await db
    .updateTable('webhooks')
    .set({ url: `${url}/mended` })
    .where('id', '=', id)
    .execute();
  await resendDelivery(db, failed?.id ?? '');
  await until(async () => (await onlyDelivery(id))?.status === 'delivered');
  expect(heard.map((each) => [each.path, each.headers['webhook-id']])).toEqual([['/mended', failed?.id]]);
  expect(await listDeliveries(db, id)).toHaveLength(1);
});

it('a secret is shown when the endpoint is made and never again', async () => {
  expect((await endpoint(['run.ended'])).secret).toMatch(/^whsec_/);
  expect(JSON.stringify(await listWebhooks(db))).not.toContain('whsec_');
});

it('a run that ended is told once, however often its end is written', async () => {
  const { id } = await endpoint(['run.ended']);
  const run_id = await endedRun();
  expect(await setRunStatus(db, run_id, { status: 'failed' })).toBe(false);
  await until(async () => (await onlyDelivery(id))?.status === 'delivered');
  expect(await listDeliveries(db, id)).toHaveLength(1);
});
