import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, draft, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
let ana: Page;
let bo: Page;
let faults: string[][];

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await server.db.deleteFrom('runs').execute();
  await addWaitingReview(server.db, { n: 1, ticket: ticket(1, 'Delivery to Switzerland'), dueInMinutes: 5 });
  await addWaitingReview(server.db, { n: 2, ticket: ticket(2, 'Return of a grinder'), dueInMinutes: 30 });
  const [first, second] = await Promise.all([signedIn(browser, server, 'Ana'), signedIn(browser, server, 'Bo')]);
  [ana, bo] = [first.page, second.page];
  faults = [first.faults, second.faults];
  await Promise.all([ana, bo].map((page) => page.getByRole('heading', { level: 2, name: 'Delivery to Switzerland' }).waitFor()));
});
afterEach(async () => {
  expect(faults).toEqual([[], []]);
  await Promise.all([ana, bo].map((page) => page.context().close()));
});

const title = (page: Page, subject: string): Promise<void> => page.getByRole('heading', { level: 2, name: subject }).waitFor();
const box = (page: Page) => page.getByRole('textbox', { name: 'Draft' });

describe('two people on one item', () => {
  it('shows who edits it, and refuses the other until they let go', async () => {
    await ana.keyboard.press('e');
    await bo.getByText('Ana is editing').first().waitFor();
    await bo.keyboard.press('a');
    await bo.getByText('Your decision was not stored: Somebody else holds this review').waitFor();
    await ana.keyboard.press('Escape');
    await bo.getByText('Ana is editing').first().waitFor({ state: 'detached' });
    await bo.getByRole('button', { name: 'Try again' }).click();
    await expect
      .poll(() => server.db.selectFrom('decisions').select(['by_name', 'decision']).execute())
      .toEqual([{ by_name: 'Bo', decision: 'approve' }]);
  });

  it('takes a key of the same name for somebody else, and says that it is a key', async () => {
    await server.db
      .updateTable('reviews')
      .set({ claimed_by: 'Ana', claimed_by_id: 'key_1', claimed_until: new Date(Date.now() + 60_000) })
      .where('id', '=', 'rev_1')
      .execute();
    await ana.getByText('Ana (API key) is editing').first().waitFor();
    expect(await ana.getByText('you are editing').count()).toBe(0);
    await ana.keyboard.press('a');
    await ana.getByText("the key 'Ana' holds this review", { exact: false }).waitFor();
  });

  it('tells the second who decided and what, and keeps their text', async () => {
    // Bo types before Ana decides; Bo's claim is given up by its time, as after a long pause.
    await bo.keyboard.press('e');
    await expect
      .poll(
        async () => (await server.db.selectFrom('reviews').select('claimed_by').where('id', '=', 'rev_1').executeTakeFirst())?.claimed_by,
      )
      .toBe('Bo');
    await bo.route('**/v1/reviews/rev_1', (route) => route.abort());
    await bo.route('**/v1/events', (route) => route.abort());
    await box(bo).fill('What Bo wanted to say');
    await server.db
      .updateTable('reviews')
      .set({ claimed_until: new Date(Date.now() - 1000) })
      .where('id', '=', 'rev_1')
      .execute();
    await ana.reload();
    await title(ana, 'Delivery to Switzerland');
    await ana.keyboard.press('a');
    await title(ana, 'Return of a grinder');
    await expect.poll(() => server.db.selectFrom('decisions').selectAll().execute()).toHaveLength(1);
    await bo.unroute('**/v1/reviews/rev_1');

    await bo.keyboard.press('Control+Enter');
    await bo.getByText('Your decision was not stored: Already decided').waitFor();
    await bo.getByText('Ana approved it as it was').waitFor();
    const own = bo.getByRole('region', { name: 'Your text' });
    expect(await own.innerText()).toContain('What Bo wanted to say');
    await bo.reload();
    expect(await own.innerText()).toContain('What Bo wanted to say');
    await own.getByRole('button', { name: 'Throw it away' }).click();
    await own.waitFor({ state: 'detached' });
    expect(await server.db.selectFrom('decisions').select(['by_name', 'decision']).execute()).toEqual([
      { by_name: 'Ana', decision: 'approve' },
    ]);
  });

  it('lets the second go on from a version that moved, with their own text', async () => {
    await bo.keyboard.press('e');
    await box(bo).fill('Bo says 12.90');
    await server.db
      .updateTable('reviews')
      .set({ version: 2, value: JSON.stringify({ text: `${draft} Saved by somebody.` }) })
      .where('id', '=', 'rev_1')
      .execute();
    // However quick they are: what was refused is no hasty second press.
    await bo.evaluate(() => {
      const now = performance.now();
      performance.now = () => now;
    });
    await bo.keyboard.press('Control+Enter');
    await bo.getByText('Your decision was not stored: The review has changed').waitFor();
    await bo.getByRole('button', { name: 'Use my text on the current version' }).click();
    await bo.getByRole('button', { name: 'Save and approve' }).click();
    await expect
      .poll(() => server.db.selectFrom('decisions').select(['by_name', 'decision', 'value']).execute())
      .toEqual([{ by_name: 'Bo', decision: 'edit', value: { text: 'Bo says 12.90' } }]);
  });

  it('takes an item that the other decided off the list at once', async () => {
    await ana.keyboard.press('a');
    await bo.getByText('Ana approved it as it was').waitFor();
    await expect.poll(() => bo.getByRole('navigation', { name: 'Reviews' }).getByRole('link').count()).toBe(1);
  });

  it('says honestly that the live connection is down, goes on asking, and comes back', async () => {
    await ana.getByText('Live', { exact: true }).waitFor();
    await server.pause();
    await ana.getByText('Reconnecting').waitFor();
    await ana.keyboard.press('a');
    await ana.getByText('Your decision was not stored: The server does not answer').waitFor({ timeout: 15_000 });
    await server.resume();
    await ana.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
    await ana.getByRole('button', { name: 'Try again' }).first().click();
    await expect.poll(() => server.db.selectFrom('decisions').select('decision').execute()).toEqual([{ decision: 'approve' }]);
  });
});
