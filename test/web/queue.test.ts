import type { Browser, Page } from 'playwright-core';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, draft, ticket } from './sample-rows.ts';

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
  await addWaitingReview(server.db, { n: 1, ticket: ticket(1, 'Delivery to Switzerland'), dueInMinutes: -5 });
  await addWaitingReview(server.db, { n: 2, ticket: ticket(2, 'Return of a grinder'), dueInMinutes: 30 });
  await addWaitingReview(server.db, {
    n: 3,
    ticket: ticket(3, 'A lost umbrella', 'Did I leave my umbrella with you?'),
    value: null,
    step: 'draft',
    dueInMinutes: 90,
    why: 'no passage says where an umbrella is',
  });
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
  await title('Delivery to Switzerland');
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

const title = (subject: string): Promise<void> => page.getByRole('heading', { level: 2, name: subject }).waitFor();
const decisionOf = (review: string) => server.db.selectFrom('decisions').selectAll().where('review_id', '=', review).executeTakeFirst();
const rows = () => page.getByRole('navigation', { name: 'Reviews' }).getByRole('link');
const editor = () => page.getByRole('textbox', { name: 'Draft' });

describe('the queue', () => {
  it('shows the most urgent item first and opens it, with what is overdue in words', async () => {
    expect(await rows().count()).toBe(3);
    expect(await rows().first().innerText()).toMatch(/Delivery to Switzerland[\s\S]*overdue 5 min/);
    expect(await page.getByRole('group', { name: 'Evidence' }).innerText()).toContain('2 of 3 cited');
    const panel = page.getByRole('group', { name: 'Why this draft' });
    await panel.getByText('no SERPAPI_API_KEY').waitFor();
    const why = await panel.innerText();
    expect(why).toContain('google unavailable: no SERPAPI_API_KEY');
    expect(why).toContain('45 EUR is in no source');
    expect(why).toContain('$0.0008');
    expect(await page.getByText('attempt 1 rejected: 45 EUR is in no source → revised → accepted').count()).toBe(1);
  });

  it('moves with J and K, filters with /, and lists its keys with ?', async () => {
    await page.keyboard.press('j');
    await title('Return of a grinder');
    await page.keyboard.press('k');
    await title('Delivery to Switzerland');
    await page.keyboard.press('/');
    await page.keyboard.type('umbrella');
    await expect.poll(() => rows().count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press('Shift+?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await decisionOf('rev_1')).toBeUndefined();
  });

  it('approves with A, goes on to the next item and says what happened', async () => {
    await page.keyboard.press('a');
    await title('Return of a grinder');
    await page.getByText('Approved', { exact: true }).waitFor();
    await expect.poll(() => rows().count()).toBe(2);
    expect(await decisionOf('rev_1')).toMatchObject({ decision: 'approve', by_name: 'Ana', value: { text: draft } });
    await page.getByRole('link', { name: 'Open', exact: true }).click();
    await page.getByText('Ana approved it as it was', { exact: false }).waitFor();
  });

  it('edits with E, shows the difference word by word, and saves with Ctrl+Enter', async () => {
    await page.keyboard.press('e');
    await expect.poll(() => page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Draft');
    await editor().fill(draft.replace('12.90', '13.50'));
    const diff = page.getByRole('region', { name: 'Changes' });
    expect(await diff.locator('del').allInnerTexts()).toEqual(['12.90']);
    expect(await diff.locator('ins').allInnerTexts()).toEqual(['13.50']);
    await expect
      .poll(
        async () => (await server.db.selectFrom('reviews').select('claimed_by').where('id', '=', 'rev_1').executeTakeFirst())?.claimed_by,
      )
      .toBe('Ana');
    await page.keyboard.press('Control+Enter');
    await title('Return of a grinder');
    await expect
      .poll(() => decisionOf('rev_1'))
      .toMatchObject({ decision: 'edit', value: { text: draft.replace('12.90', '13.50') }, original: { text: draft } });
  });

  it('keeps an edit over a move away and a reload, and gives the claim back', async () => {
    await page.keyboard.press('e');
    await editor().fill('My own words');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await title('Return of a grinder');
    await expect
      .poll(
        async () => (await server.db.selectFrom('reviews').select('claimed_by').where('id', '=', 'rev_1').executeTakeFirst())?.claimed_by,
      )
      .toBeNull();
    await page.keyboard.press('k');
    await title('Delivery to Switzerland');
    await page.reload();
    await title('Delivery to Switzerland');
    expect(await page.getByText('My own words').count()).toBeGreaterThan(0);
    expect(await page.getByRole('button', { name: 'Save and approve' }).count()).toBe(1);
  });

  it('rejects with R only when a reason is given', async () => {
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Reject this draft' });
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.getByText('Say what is wrong').waitFor();
    expect(await decisionOf('rev_1')).toBeUndefined();
    await dialog.getByRole('textbox').fill('The fee is missing');
    await page.keyboard.press('Control+Enter');
    await title('Return of a grinder');
    await expect.poll(() => decisionOf('rev_1')).toMatchObject({ decision: 'reject', reason: 'The fee is missing' });
  });

  it('asks for another draft with C and a hint', async () => {
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'Ask for another draft' });
    await dialog.getByRole('textbox').fill('Mention the customs fee');
    await dialog.getByRole('button', { name: 'Ask again' }).click();
    await expect.poll(() => decisionOf('rev_1')).toMatchObject({ decision: 'respond', comment: 'Mention the customs fee' });
  });

  it('asks for an answer of your own where nothing was proposed, and says why', async () => {
    await rows().nth(2).click();
    await title('A lost umbrella');
    await page.getByText('Only a person can answer this.').waitFor();
    expect(await page.getByText('no passage says where an umbrella is').count()).toBeGreaterThan(0);
    await page.keyboard.press('a');
    await page.getByText('Write the answer first').waitFor();
    await page.getByRole('textbox', { name: 'Your answer' }).fill('We found it.');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => decisionOf('rev_3')).toMatchObject({ decision: 'edit', value: { text: 'We found it.' } });
  });

  it('marks the passage of a citation and gives it the focus', async () => {
    await page.getByRole('button', { name: 'citation 2: Free delivery' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('passage-2');
    expect(await page.locator('#passage-2').innerText()).toContain('Orders over 150 EUR');
  });

  it('leaves single keys alone once they are switched off', async () => {
    await page.keyboard.press('Shift+?');
    await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await page.keyboard.press('j');
    await page.getByRole('button', { name: 'Approve' }).click();
    await title('Return of a grinder');
    await expect.poll(() => server.db.selectFrom('decisions').select('review_id').execute()).toEqual([{ review_id: 'rev_1' }]);
  });

  it('tells rows apart by what was asked, and says why only where that is news', async () => {
    await rows().first().getByText('what does delivery to Switzerland cost?').waitFor();
    expect(await page.getByText('every reply is approved by a person').count()).toBe(0);
    await server.db.updateTable('reviews').set({ kind: 'human' }).where('id', '=', 'rev_3').execute();
    await page.reload();
    await rows().nth(2).getByText('no passage says where an umbrella is').waitFor();
    await rows().nth(2).click();
    await page.getByText('Only a person can answer this.').waitFor();
  });

  it('shows one queue with what waits in it, and keeps the choice', async () => {
    expect(await page.getByRole('combobox', { name: 'Which queue' }).count()).toBe(0);
    await server.db.updateTable('reviews').set({ queue: 'leads' }).where('id', '=', 'rev_2').execute();
    const which = page.getByRole('combobox', { name: 'Which queue' });
    await which.locator('option', { hasText: 'support (2, 1 overdue)' }).waitFor({ state: 'attached' });
    await which.selectOption('leads');
    await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringContaining('Return of a grinder')]);
    await page.reload();
    await expect.poll(() => which.inputValue()).toBe('leads');
    await expect.poll(() => rows().count()).toBe(1);
    await title('Return of a grinder');
    await page.keyboard.press('a');
    await page.getByText('The queue leads is clear').waitFor();
    await page.getByRole('button', { name: 'Show all queues' }).click();
    await expect.poll(() => rows().count()).toBe(2);
  });

  it('never loses the focus: after J, the editor, a dialog, the filter and a decision', async () => {
    const focus = () =>
      page.evaluate('document.activeElement.id || document.activeElement.dataset.review || document.activeElement.tagName');
    await expect.poll(focus).toBe('review-title');
    await page.keyboard.press('j');
    await title('Return of a grinder');
    await expect.poll(focus).toBe('review-title');
    await page.keyboard.press('e');
    await expect.poll(focus).toBe('TEXTAREA');
    await page.keyboard.press('Escape');
    await expect.poll(focus).toBe('draft-heading');
    await page.keyboard.press('r');
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(focus).toBe('draft-heading');
    await page.keyboard.press('/');
    await page.keyboard.type('grinder');
    await page.keyboard.press('Escape');
    await expect.poll(focus).toBe('rev_2');
    await page.getByRole('button', { name: 'Approve' }).click();
    await title('A lost umbrella');
    await expect.poll(focus).toBe('review-title');
  });

  it('says that work stands still when no worker is there', async () => {
    await page.getByText('Work stands still:').waitFor();
    expect(await page.getByText('no worker is there').count()).toBe(1);
    await server.db.insertInto('workers').values({ id: 'w1', build: 'b', seen_at: new Date() }).execute();
    await page.getByText('Work stands still:').waitFor({ state: 'detached' });
    await server.db.deleteFrom('workers').execute();
    await page.getByText('Work stands still:').waitFor({ timeout: 9_000 });
  });

  it('does not say that decisions are stored while the database cannot be read', async () => {
    await sql`alter table workers rename to workers_away`.execute(server.db);
    onTestFinished(() => sql`alter table workers_away rename to workers`.execute(server.db).then(() => undefined));
    await page.reload();
    await page.getByText('the database does not answer. Nothing can be stored until it is back.').waitFor();
    expect(await page.getByText('are stored and go on').count()).toBe(0);
  });

  it('says of a decision that takes its time that it is not stored yet, and then that it is', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let locked = (): void => undefined;
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const held = server.db.transaction().execute(async (tx) => {
      await tx.selectFrom('reviews').select('id').where('id', '=', 'rev_1').forUpdate().execute();
      locked();
      await released;
    });
    // Otherwise the decision may come first, and is stored at once.
    await isLocked;
    await page.keyboard.press('a');
    await title('Return of a grinder');
    await page.getByText('Not stored yet').waitFor();
    expect(await page.getByText('Approved', { exact: true }).count()).toBe(0);
    release();
    await held;
    await page.getByText('Approved', { exact: true }).waitFor();
    expect(await page.getByText('Not stored yet').count()).toBe(0);
  });

  it('shows a new item without a reload', async () => {
    await page.getByText('Live', { exact: true }).waitFor();
    await addWaitingReview(server.db, { n: 4, ticket: ticket(4, 'Just came in'), dueInMinutes: 10 });
    await rows().filter({ hasText: 'Just came in' }).waitFor();
  });
});
