import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/store/database.ts';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addRun, minutes, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
let faults: string[];

/** A draft whose model looked an order up and wants to give money back. */
async function addTalk(run_id: string): Promise<void> {
  const { db } = server;
  const step = { run_id, step: 'draft', occurrence: 1 };
  await db
    .insertInto('steps')
    .values({
      ...step,
      pass: 1,
      kind: 'generate',
      input: json({}),
      input_hash: 'h',
      accepted_attempt: null,
      superseded_by: null,
      started_at: minutes(-5),
    })
    .execute();
  const row = {
    ...step,
    attempt: 1,
    owner: '00000000-0000-4000-8000-000000000000',
    status: 'finished',
    remedy: 'first',
    answer: null,
    prompt_name: null,
    prompt_version: null,
    output_hash: null,
    outcome: null,
    sources: json([]),
    message: null,
    input_tokens: null,
    output_tokens: null,
    cached_tokens: null,
    reasoning_tokens: null,
    cost_usd: 0,
    provider: null,
    model: null,
  };
  const model = { provider: 'demo', model: 'demo-writer', result: 'calls', output: json({ text: '', calls: [] }) };
  await db
    .insertInto('attempts')
    .values([
      { ...row, ...model, call: 'draft', started_at: minutes(-5), ended_at: minutes(-4.9) },
      {
        ...row,
        call: 'tool/1/1/order_status/1',
        result: 'answer',
        sent: json({ arguments: { id: 'A-1' } }),
        output: json({ status: 'lost in the post' }),
        started_at: minutes(-4.8),
        ended_at: minutes(-4.7),
      },
      {
        ...row,
        call: 'tool/1/2/search/1',
        result: 'invalid',
        message: 'the arguments do not fit: /query',
        sent: json({ arguments: {} }),
        started_at: minutes(-4.6),
        ended_at: minutes(-4.5),
      },
      { ...row, ...model, call: 'turn/2/1', started_at: minutes(-4), ended_at: minutes(-3.9) },
    ])
    .execute();
  await db
    .insertInto('reviews')
    .values({
      ...step,
      id: 'rev_1',
      chain: 'refund',
      ask: 1,
      kind: 'tool',
      of_step: 'draft',
      queue: 'support',
      value: json({ order: 'A-1', usd: 40 }),
      original: json({ order: 'A-1', usd: 40 }),
      context: json({
        input: ticket(1, 'Money back'),
        why: 'the model wants to call give_back, which changes something outside',
        tool: { name: 'give_back' },
      }),
      created_at: minutes(-3),
      expires_at: minutes(1_000),
      assignee: null,
      claimed_by: null,
    })
    .execute();
}

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await server.db.deleteFrom('runs').execute();
  await addTalk(await addRun(server.db, { n: 1, ticket: ticket(1, 'Money back'), status: 'waiting', chain: 'refund' }));
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

describe('a model with tools', () => {
  it('shows what it asked for and what it was told, call by call', async () => {
    await page.goto(`${server.url}/runs/run_1`);
    const draft = page.getByRole('article', { name: 'draft, call 1' });
    const tools = draft.locator('ol > li');
    await expect.poll(() => tools.count()).toBe(2);
    const first = await tools.nth(0).locator('summary').innerText();
    expect(first).toContain('order_status');
    expect(first).toContain('{"id":"A-1"}');
    expect(first).toContain('turn 1');
    await tools.nth(0).locator('summary').click();
    await tools.nth(0).getByText('lost in the post').waitFor();
    expect(await tools.nth(1).locator('summary').innerText()).toContain('invalid');
    await tools.nth(1).locator('summary').click();
    await tools.nth(1).getByText('the arguments do not fit: /query').waitFor();
    expect(await draft.getByRole('table').innerText()).toMatch(/turn 2[\s\S]*asked for tools/);
  });

  it('asks in the queue for a call that writes, by its name and with its arguments', async () => {
    await page.getByText('wants give_back').first().waitFor();
    await page.goto(`${server.url}/reviews/rev_1`);
    await page.getByRole('heading', { name: 'Call of give_back' }).waitFor();
    await page.getByText('the model wants to call give_back, which changes something outside').first().waitFor();
    const why = page.getByRole('group', { name: 'Why this call' });
    await why.getByText('order_status').click();
    await why.getByText('lost in the post').waitFor();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('dialog', { name: 'Do not make this call' }).waitFor();
  });
});
