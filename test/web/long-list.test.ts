import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
  for (let n = 1; n <= 60; n += 1) await addWaitingReview(server.db, { n, ticket: ticket(n, `Question ${n}`), dueInMinutes: 60 + n });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** React keeps what an element was last drawn with on the element: another object means that it was drawn again. */
const remember = 'window.drawn = new Map([...document.querySelectorAll("[data-review]")].map((row) => [row.dataset.review, propsOf(row)]))';
const drawnAgain =
  '[...document.querySelectorAll("[data-review]")].filter((row) => window.drawn.get(row.dataset.review) !== propsOf(row)).map((row) => row.dataset.review)';
const propsOf = 'window.propsOf = (row) => row[Object.keys(row).find((key) => key.startsWith("__reactProps$"))]';

it('draws two rows of a long list when J moves on: the one that was left and the one that is selected', async () => {
  const { page, context, faults } = await signedIn(browser, server, 'Ana');
  const title = (subject: string): Promise<void> => page.getByRole('heading', { level: 2, name: subject, exact: true }).waitFor();
  await title('Question 1');
  await page.getByText('full trace').waitFor();
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => page.locator('[data-review]').count()).toBe(60);
  await page.evaluate(`${propsOf}; ${remember}`);
  await page.keyboard.press('j');
  await title('Question 2');
  expect(await page.evaluate(drawnAgain)).toEqual(['rev_1', 'rev_2']);
  expect(faults).toEqual([]);
  await context.close();
});

it('keeps the selected row in sight to the end of the list, and opens a row in another tab when asked to', async () => {
  const { page, context, faults } = await signedIn(browser, server, 'Ana');
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => page.locator('[data-review]').count()).toBe(60);
  await page.locator('[data-review="rev_59"]').click();
  await page.keyboard.press('j');
  await page.getByRole('heading', { level: 2, name: 'Question 60', exact: true }).waitFor();
  const inSight =
    '(() => { const row = document.querySelector("[data-review][aria-current]").getBoundingClientRect(); const list = document.querySelector("nav[aria-label=Reviews]").getBoundingClientRect(); return row.top >= list.top && row.bottom <= list.bottom + 1; })()';
  await expect.poll(() => page.evaluate(inSight)).toBe(true);
  const [other] = await Promise.all([
    context.waitForEvent('page'),
    page.locator('[data-review="rev_58"]').click({ modifiers: ['Control'] }),
  ]);
  await other.waitForURL('**/reviews/rev_58');
  expect(new URL(page.url()).pathname).toBe('/reviews/rev_60');
  expect(faults).toEqual([]);
  await context.close();
});
