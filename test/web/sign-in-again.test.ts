import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const title = (subject: string): Promise<void> => page.getByRole('heading', { level: 2, name: subject }).waitFor();
const signInNeeded = () => page.getByRole('heading', { name: 'You need to sign in' });
const editor = () => page.getByRole('textbox', { name: 'Draft' });
const decisions = () => server.db.selectFrom('decisions').select(['review_id', 'decision', 'value', 'by_name']).execute();

/** The second item of the queue, so that the first one is not mistaken for a return. */
beforeEach(async () => {
  await server.db.deleteFrom('runs').execute();
  await addWaitingReview(server.db, { n: 1, ticket: ticket(1, 'Delivery to Switzerland'), dueInMinutes: 5 });
  await addWaitingReview(server.db, { n: 2, ticket: ticket(2, 'Return of a grinder'), dueInMinutes: 30 });
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
  await title('Delivery to Switzerland');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.keyboard.press('j');
  await title('Return of a grinder');
  await page.keyboard.press('e');
  await page.getByText('you are editing').waitFor();
  await editor().fill('Half an answer');
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

/** Back at the item with the text, which can be sent from there. */
async function goesOn(): Promise<void> {
  await title('Return of a grinder');
  await page.getByText('Half an answer', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Save and approve' }).click();
  await expect.poll(decisions).toEqual([{ review_id: 'rev_2', decision: 'edit', value: { text: 'Half an answer' }, by_name: 'Ana' }]);
}

describe('a session that ends in the middle of an edit', () => {
  const end = () => server.db.deleteFrom('sessions').where('user_name', '=', 'Ana').execute();

  it('is said at once, and a link opened in the same tab leads back to the item with the text', async () => {
    await end();
    await signInNeeded().waitFor();
    await page.goto(await server.linkFor('Ana'));
    await goesOn();
  });

  it('goes on where it was after a link opened in another tab', async () => {
    await end();
    await signInNeeded().waitFor();
    const other = await page.context().newPage();
    await other.goto(await server.linkFor('Ana'));
    await other.getByRole('heading', { level: 2, name: 'Delivery to Switzerland' }).waitFor();
    await other.close();
    await page.getByRole('button', { name: 'I have signed in, look again' }).click();
    await goesOn();
    await page.goto(server.url);
    await title('Delivery to Switzerland');
  });

  it('leads back even after a spent link was tried', async () => {
    await end();
    await signInNeeded().waitFor();
    await page.goto(`${server.url}/sign-in?token=spent`);
    await page.getByText('That link was used before or is too old').waitFor();
    await page.goto(await server.linkFor('Ana'));
    await goesOn();
  });

  it('is found out by the decision it refuses, which stores nothing and loses nothing', async () => {
    await server.db
      .updateTable('sessions')
      .set({ expires_at: minutes(-1) })
      .where('user_name', '=', 'Ana')
      .execute();
    await page.keyboard.press('Control+Enter');
    await signInNeeded().waitFor();
    expect(await decisions()).toEqual([]);
    await page.goto(await server.linkFor('Ana'));
    await goesOn();
  });
});
