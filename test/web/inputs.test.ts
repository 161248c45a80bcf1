import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const files = [
  { name: 'bag.png', media_type: 'image/png', data: pixel },
  { name: 'invoice.pdf', media_type: 'application/pdf', data: 'JVBERi0xLjcK' },
];

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
  const more = { order: 'A-1', people: [{ name: 'Bo', company: 'Larkfield' }], files };
  await addWaitingReview(server.db, { n: 1, ticket: { ...ticket(1, 'A torn bag'), ...more } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  ({ page } = await signedIn(browser, server, 'Ana'));
});

describe.each([
  ['a review', '/reviews/rev_1', 'Text of the ticket'],
  ['a run', '/runs/run_1', 'Input of the run'],
])('the input on the page of %s', (_, path, label) => {
  it('shows what was given beside its text, and lists as something to open', async () => {
    await page.goto(server.url + path);
    const input = page.getByRole('group', { name: label });
    expect(await input.locator('dl').first().innerText()).toMatch(/order\s+A-1/);
    await input.getByText('people (1)').click();
    await input.getByText('Larkfield').waitFor();
  });

  it('shows a picture small until it is pressed, and every file by its name', async () => {
    await page.goto(server.url + path);
    const list = page.getByRole('group', { name: label }).getByRole('list', { name: 'Files' });
    await expect.poll(() => list.getByRole('link').allInnerTexts()).toEqual(['bag.png', 'invoice.pdf']);
    const picture = list.getByRole('button');
    expect(await picture.getAttribute('aria-pressed')).toBe('false');
    await picture.click();
    expect(await picture.getAttribute('aria-pressed')).toBe('true');
  });
});
