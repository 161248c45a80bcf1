import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addWaitingReview, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
const body = 'كم تكلفة الشحن إلى سويسرا؟\nMy order is K-1042.';
const reply =
  'تكلفة الشحن هي 12.90 EUR [1].\n\n- رسوم الجمارك غير مشمولة [1]\n- ثلاثة أيام [2]\n\n> Delivery costs 12.90 EUR\n\n| البند | السعر |\n|---|---|\n| الشحن | 12.90 |';

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
  await addWaitingReview(server.db, { n: 1, ticket: ticket(1, 'سؤال عن الشحن', body), value: { text: reply } });
  ({ page } = await signedIn(browser, server, 'Ana'));
  await page.getByText('full trace').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** At which side of the box a text stands: as the browser laid it out. */
const sideOf = (box: string, text: string): Promise<unknown> =>
  page.evaluate(`(() => {
    const box = document.querySelector(${JSON.stringify(box)});
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(${JSON.stringify(text)});
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + ${text.length});
      const { left, right } = range.getBoundingClientRect();
      const around = box.getBoundingClientRect();
      return left - around.left < around.right - right ? 'left' : 'right';
    }
    return 'nowhere';
  })()`);
const directionOf = (selector: string): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).direction`);

describe('a ticket in a right-to-left script', () => {
  it('reads from the right, and its English line from the left', async () => {
    const text = '[aria-label="Text of the ticket"]';
    expect([await sideOf(text, 'كم تكلفة'), await sideOf(text, 'My order is K-1042.')]).toEqual(['right', 'left']);
  });

  it('has a draft whose lists, tables and quotes stand at the side where they begin', async () => {
    const draft = 'section[aria-labelledby="draft-heading"]';
    expect([await directionOf(`${draft} ul`), await directionOf(`${draft} table`), await directionOf(`${draft} blockquote`)]).toEqual([
      'rtl',
      'rtl',
      'ltr',
    ]);
    expect([await sideOf(draft, 'تكلفة الشحن'), await sideOf(draft, 'رسوم'), await sideOf(draft, 'Delivery costs')]).toEqual([
      'right',
      'right',
      'left',
    ]);
    // The mark of a list stands in the room that the list keeps for it: inside its panel, not on its edge.
    expect(await page.evaluate(`parseFloat(getComputedStyle(document.querySelector('${draft} ul')).paddingRight)`)).toBeGreaterThan(12);
  });

  it('shows what was changed in the same direction', async () => {
    await page.keyboard.press('e');
    await page.getByRole('textbox', { name: 'Draft' }).fill(reply.replace('12.90 EUR [1]', '13.50 EUR [1]'));
    await page.getByRole('region', { name: 'Changes' }).waitFor();
    expect(await sideOf('section[aria-label="Changes"] > div', 'تكلفة')).toBe('right');
  });
});
