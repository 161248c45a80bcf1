import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addRun, addTrace, addWaitingReview, draft, minutes, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await server.db.deleteFrom('runs').execute();
  await addWaitingReview(server.db, { n: 1, ticket: ticket(1, 'Delivery to Switzerland') });
  await addRun(server.db, {
    n: 2,
    ticket: ticket(2, 'Blocked one'),
    status: 'blocked',
    error: {
      code: 'auth',
      message: 'openai does not accept the key',
      next: 'Set a working key, then `trimtab retry --code auth`.',
      step: 'draft',
    },
  });
  await addRun(server.db, { n: 3, ticket: { question: 'How long is the guarantee?' }, status: 'succeeded', chain: 'refund' });
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
  await page.getByRole('heading', { level: 2, name: 'Delivery to Switzerland' }).waitFor();
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

const rows = () => page.locator('tbody tr');
const statusOf = async (id: string) =>
  (await server.db.selectFrom('runs').select('status').where('id', '=', id).executeTakeFirst())?.status;

describe('the runs', () => {
  it('lists them newest first and filters by status, chain and text', async () => {
    await page.keyboard.press('2');
    await expect.poll(() => rows().count()).toBe(3);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('blocked');
    await expect.poll(() => rows().count()).toBe(1);
    expect(await rows().innerText()).toContain('openai does not accept the key');
    await page.getByRole('combobox', { name: 'Status' }).selectOption('');
    await page.getByRole('combobox', { name: 'Chain' }).selectOption('refund');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('combobox', { name: 'Chain' }).selectOption('');
    await page.getByRole('textbox', { name: 'Search runs' }).fill('guarantee');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('textbox', { name: 'Search runs' }).fill('no such words');
    await page.getByText('No run matches').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect.poll(() => rows().count()).toBe(3);
  });

  it('shows every attempt with the span that was wrong, what was sent, and the change to the next', async () => {
    await page.goto(`${server.url}/runs/run_1`);
    const attempts = page.getByRole('article', { name: 'draft, call 1' });
    await attempts.waitFor();
    expect(await attempts.locator('details[id] > summary').allInnerTexts()).toHaveLength(2);
    expect(await attempts.locator('mark').allInnerTexts()).toEqual(['45 EUR']);
    await attempts.getByText('Changes to attempt 1').click();
    expect(await attempts.locator('del').allInnerTexts()).toContain('45');
    expect(await attempts.locator('ins').allInnerTexts()).toContain('12.90');
    await attempts.getByText('What was sent').first().click();
    await attempts.getByText('Answer from the passages.').first().waitFor();
    expect(await page.getByRole('link', { name: 'Temporal history' }).getAttribute('href')).toContain('/workflows/run_1');
    expect(await page.getByRole('link', { name: /draft attempt 1: rejected/ }).count()).toBe(1);
  });

  it('says in the trace who decided, what they changed and why it was asked', async () => {
    await server.db
      .insertInto('steps')
      .values({
        run_id: 'run_1',
        step: 'approve',
        occurrence: 1,
        pass: 1,
        kind: 'review',
        input: '{}',
        input_hash: 'h3',
        status: 'running',
        accepted_attempt: null,
        superseded_by: null,
        started_at: minutes(-20),
      })
      .execute();
    await page.goto(`${server.url}/runs/run_1`);
    const step = page.getByRole('article', { name: 'approve, call 1' });
    await step.getByText('every reply is approved by a person').waitFor();
    await step.getByText('waiting for a person').waitFor();
    const bar = (name: RegExp) => page.getByRole('region', { name: 'Timeline' }).getByRole('link', { name });
    await bar(/^approve: waits for a person since 20 min$/).waitFor();
    await page.goto(`${server.url}/reviews/rev_1`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Draft' }).fill(`${draft} Best wishes.`);
    await page.keyboard.press('Control+Enter');
    await page.getByText('Saved and approved').waitFor();
    await page.goto(`${server.url}/runs/run_1`);
    await step.getByText('Ana edited and approved it').waitFor();
    expect((await step.locator('ins').allInnerTexts()).join('')).toContain('Best wishes');
    const wait = bar(/^approve: Ana decided after 20 min$/);
    expect((await wait.boundingBox())?.width).toBeGreaterThan(20);
    await wait.click();
    await page.waitForURL('**/reviews/rev_1');
  });

  it('opens the attempt that a link names, though it was closed', async () => {
    await page.goto(`${server.url}/runs/run_1#facts-1-1`);
    await expect.poll(() => page.locator('#facts-1-1').getAttribute('open')).not.toBeNull();
    await page.getByRole('button', { name: 'Collapse all' }).click();
    await expect.poll(() => page.locator('details[open]').count()).toBe(0);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await expect.poll(() => page.locator('details[id][open]').count()).toBe(3);
  });

  it('says why a run is blocked and what comes next, and lets it go on', async () => {
    await page.goto(`${server.url}/runs/run_2`);
    await page.getByText('openai does not accept the key').waitFor();
    await page.getByText('Set a working key').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => statusOf('run_2')).toBe('running');
    await page.getByText('running', { exact: true }).waitFor();
  });

  it('says of a run that cannot go on as things are that it stands still', async () => {
    const error = { code: 'chain_error', message: 'the chain was changed under it', next: 'Bring the code back', step: null };
    await server.db
      .updateTable('runs')
      .set({ status: 'running', error: JSON.stringify(error) })
      .where('id', '=', 'run_2')
      .execute();
    await page.goto(`${server.url}/runs/run_2`);
    await page.getByText('Stands still: the chain was changed under it').waitFor();
    await page.getByText('Bring the code back').waitFor();
  });

  it('moves through the list and the trace with J, K and Enter', async () => {
    const focused = () => page.evaluate('document.activeElement.dataset.run ?? document.activeElement.dataset.attempt');
    await page.goto(`${server.url}/runs`);
    await expect.poll(() => rows().count()).toBe(3);
    const ids = await page.locator('[data-run]').evaluateAll((all) => all.map((each) => each.getAttribute('data-run')));
    for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
    expect(await focused()).toBe(ids[0]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${ids[0]}`);
    await page.goto(`${server.url}/runs/run_1`);
    await page.locator('#draft-1-2').waitFor();
    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
    expect(await focused()).toBe('draft-1-1');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#draft-1-1').getAttribute('open')).toBeNull();
  });

  it('asks before it cancels', async () => {
    await page.goto(`${server.url}/runs/run_1`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
    await expect
      .poll(
        async () =>
          (await server.db.selectFrom('runs').select('cancel_requested_at').where('id', '=', 'run_1').executeTakeFirst())
            ?.cancel_requested_at,
      )
      .not.toBeNull();
  });

  it('says what was not found', async () => {
    await page.goto(`${server.url}/runs/run_none`);
    await page.getByText('there is no run run_none').waitFor();
    await page.getByText('Check the name or id; it may have been deleted.').waitFor();
  });
});

describe('a new ticket', () => {
  it('is kept while it is half written, until its run is started', async () => {
    await page.goto(`${server.url}/new`);
    const body = page.getByRole('textbox', { name: 'Ticket', exact: false }).first();
    await body.fill('From: eve@mail.example\nSubject: Half\n\nHalf a ticket');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.goto(`${server.url}/new`);
    await expect.poll(() => body.inputValue()).toBe('Half a ticket');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL('**/runs/run_*');
    await page.goto(`${server.url}/new`);
    await expect.poll(() => body.inputValue()).toBe('');
  });
  it('takes a pasted e-mail apart, starts once with Ctrl+Enter, and shows the run as it goes', async () => {
    await page.keyboard.press('3');
    await page
      .getByRole('textbox', { name: 'Ticket *' })
      .or(page.getByRole('textbox', { name: 'Ticket', exact: true }))
      .first()
      .fill('From: Lukas <lukas@mail.example>\nSubject: Where is my parcel?\n\nIt should have been here on Monday.');
    expect(await page.getByRole('textbox', { name: 'From' }).inputValue()).toBe('lukas@mail.example');
    expect(await page.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('Where is my parcel?');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Where is my parcel?' }).waitFor();
    const id = page.url().split('/').at(-1)!;
    expect((await server.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()).input).toMatchObject({
      from: 'lukas@mail.example',
      subject: 'Where is my parcel?',
      body: 'It should have been here on Monday.',
    });
    await page.getByText('Live', { exact: true }).waitFor();
    await addTrace(server.db, id);
    await server.db
      .updateTable('runs')
      .set({ status: 'succeeded', output: JSON.stringify({ text: 'On its way.' }), ended_at: new Date() })
      .where('id', '=', id)
      .execute();
    await page.getByText('On its way.').waitFor();
    await page.getByRole('article', { name: 'draft, call 1' }).waitFor();
  });

  it('shows what does not fit at its field and stores nothing', async () => {
    const before = await server.db.selectFrom('runs').select('id').execute();
    await page.goto(`${server.url}/new`);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('the ticket has no text').waitFor();
    expect(await server.db.selectFrom('runs').select('id').execute()).toHaveLength(before.length);
  });

  it("makes a form from another chain's schema, and JSON where a form cannot say it", async () => {
    await page.goto(`${server.url}/new`);
    await page.getByRole('combobox', { name: 'Chain' }).selectOption('batch');
    await page.getByRole('textbox', { name: 'Input as JSON' }).fill('{"rows": "none"}');
    await page.keyboard.press('Control+Enter');
    await page.getByText('/input/rows').waitFor();
    await page.getByRole('combobox', { name: 'Chain' }).selectOption('refund');
    await page.getByRole('textbox', { name: 'question' }).fill('How much back?');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { level: 1, name: 'How much back?' }).waitFor();
  });
});
