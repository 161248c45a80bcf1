import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { escalateDue } from '../../src/store/review-queue.ts';
import { settleReview } from '../../src/store/reviews.ts';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, minutes, ticket } from './sample-rows.ts';

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
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
  await title('Delivery to Switzerland');
});
afterEach(async () => {
  vi.useRealTimers();
  expect(faults).toEqual([]);
  await page.context().close();
});

const title = (subject: string): Promise<void> => page.getByRole('heading', { level: 2, name: subject }).waitFor();
const editor = () => page.getByRole('textbox', { name: 'Draft' });
const rows = () => page.getByRole('navigation', { name: 'Reviews' }).getByRole('link');
const typed = 'Words that nobody else has';
const decisions = () => server.db.selectFrom('decisions').select(['review_id', 'decision']).execute();

describe('an item whose time runs out while it is edited', () => {
  beforeEach(async () => {
    await page.keyboard.press('e');
    await page.getByText('you are editing').waitFor();
    await editor().fill(typed);
  });

  it('says that it moved to another queue, and leaves the text and the cursor alone', async () => {
    await server.db
      .updateTable('reviews')
      .set({ escalate_at: minutes(-1), escalate_to: 'leads' })
      .where('id', '=', 'rev_1')
      .execute();
    expect(await escalateDue(server.db)).toBe(1);
    await page.getByText('Moved to leads. Nobody in support decided in time.', { exact: false }).waitFor();
    await page
      .getByRole('combobox', { name: 'Which queue' })
      .locator('option', { hasText: 'leads (1, 1 overdue)' })
      .waitFor({ state: 'attached' });
    await page.keyboard.type(' and more');
    expect(await editor().inputValue()).toBe(`${typed} and more`);
    await page.keyboard.press('Control+Enter');
    await expect.poll(decisions).toEqual([{ review_id: 'rev_1', decision: 'edit' }]);
  });

  it('says that it expired and what comes next, keeps the text, and takes it off the list', async () => {
    await settleReview(server.db, { review_id: 'rev_1', to: 'expired' });
    const told = page.getByText('This review has expired. Nobody decided by', { exact: false });
    await told.waitFor();
    expect(await told.innerText()).toContain('Next: copy your text, then start the run again.');
    const own = page.getByRole('region', { name: 'Your text' });
    expect(await own.innerText()).toContain(typed);
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('review-title');
    await expect.poll(() => rows().count()).toBe(1);
    await page.reload();
    await told.waitFor();
    expect(await own.innerText()).toContain(typed);
    expect(await page.getByRole('region', { name: 'What was proposed' }).count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('refuses a decision that comes too late with the time as people write it', async () => {
    await page.route('**/v1/reviews/rev_1', (route) => route.abort());
    await page.route('**/v1/events', (route) => route.abort());
    await page.reload();
    await title('Delivery to Switzerland');
    await settleReview(server.db, { review_id: 'rev_1', to: 'expired' });
    await page.unroute('**/v1/reviews/rev_1');
    await page.keyboard.press('a');
    const notice = page.getByRole('alert').filter({ hasText: 'Your decision was not stored: The review has expired' });
    await notice.waitFor();
    expect(await notice.innerText()).not.toMatch(/\dT\d/);
    expect(await page.getByRole('region', { name: 'Your text' }).innerText()).toContain(typed);
    expect(await decisions()).toEqual([]);
  });
});

describe('an item that becomes overdue, of which no event tells', () => {
  it('is counted in its queue within half a minute', async () => {
    await server.db.updateTable('reviews').set({ queue: 'leads' }).where('id', '=', 'rev_2').execute();
    await page.clock.install();
    await page.reload();
    const counted = () => page.getByRole('combobox', { name: 'Which queue' }).locator('option').allInnerTexts();
    await expect.poll(counted).toEqual(['All queues', 'leads (1)', 'support (1, 1 overdue)']);
    await page.getByText('Live', { exact: true }).waitFor();
    // The server counts by this process's clock; nothing is written, so nothing is told.
    vi.useFakeTimers({ toFake: ['Date'], now: minutes(31) });
    await page.clock.fastForward(30_000);
    await expect.poll(counted).toContain('leads (1, 1 overdue)');
  });
});

describe('a hasty hand', () => {
  const press = (times: number, repeat = false): Promise<unknown> =>
    page.evaluate(
      `for (let i = 0; i < ${times}; i += 1) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', code: 'KeyA', repeat: ${repeat}, bubbles: true }))`,
    );

  it('decides one item with a double press of A, and not the next until 400 ms are over', async () => {
    // The test holds the clock: on a busy machine 400 ms are over before the next item shows.
    await page.evaluate('window.held = Math.round(performance.now()); performance.now = () => window.held');
    await press(2);
    await title('Return of a grinder');
    await press(1);
    await expect.poll(decisions).toEqual([{ review_id: 'rev_1', decision: 'approve' }]);
    await page.getByText('Approved').waitFor();
    await page.evaluate('window.held += 399');
    await press(1);
    await title('Return of a grinder');
    expect(await page.getByRole('alert').filter({ hasText: 'not stored' }).count()).toBe(0);
    expect(await decisions()).toHaveLength(1);
    await page.evaluate('window.held += 1');
    await press(1);
    await expect.poll(decisions).toHaveLength(2);
  });

  it('decides nothing with a key that is held down', async () => {
    await press(5, true);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await title('Delivery to Switzerland');
    await page.keyboard.press('j');
    await title('Return of a grinder');
    expect(await decisions()).toEqual([]);
  });

  it('writes what is typed right after a dialog was left, and decides nothing', async () => {
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    await page.keyboard.type('A car');
    expect(await editor().inputValue()).toContain('A car');
    expect(await decisions()).toEqual([]);
  });
});
