import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, openBrowser, phone, desktop, sidewaysScroll, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';
import { addRun, addWaitingReview, draft, ticket } from './sample-rows.ts';

let server: PageServer;
let browser: Browser;
const hostile = 'Please read this: <img src=x onerror="window.pwned=1"><script>window.pwned=2</script>';
const hostileDraft = `${draft}\n\n<img src=x onerror="window.pwned=3">\n\n[a link](javascript:window.pwned=4) [another](https://evil.example/steal) ![pixel](https://evil.example/pixel.png)\n\n${'unbreakable'.repeat(40)}`;

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
  const { db } = server;
  await addWaitingReview(db, {
    n: 1,
    ticket: ticket(1, 'Delivery to Switzerland, and a subject that is so long that it has to be cut off somewhere', hostile),
    value: { text: hostileDraft },
    dueInMinutes: -5,
  });
  await addWaitingReview(db, { n: 2, ticket: ticket(2, 'A lost umbrella'), value: null, step: 'draft', dueInMinutes: 30 });
  await addWaitingReview(db, {
    n: 3,
    ticket: ticket(3, 'Refund'),
    value: { amount: 120, note: 'kettle' },
    chain: 'refund',
    step: 'plan',
    dueInMinutes: 60,
  });
  await addWaitingReview(db, { n: 4, ticket: ticket(4, 'سؤال عن الشحن', 'كم تكلفة الشحن إلى سويسرا؟'), dueInMinutes: 90 });
  await addWaitingReview(db, {
    n: 8,
    ticket: {
      ...ticket(8, 'A meeting', 'Ana: We take 60 seats.\nBo: Fine.'),
      held_on: '2026-03-10',
      people: [{ name: 'Ana', company: 'Larkfield' }],
      files: [
        {
          name: 'seats.png',
          media_type: 'image/png',
          data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        },
        { name: `${'a-scan-'.repeat(12)}.pdf`, media_type: 'application/pdf', data: 'JVBERi0xLjcK' },
      ],
    },
    value: { updates: [{ field: 'deal_seats', seats: 60, due: null, quote: 'We take 60 seats.' }] },
    chain: 'refund',
    step: 'plan',
    dueInMinutes: 120,
  });
  await addRun(db, {
    n: 5,
    ticket: ticket(5, 'Blocked one'),
    status: 'blocked',
    error: { code: 'auth', message: 'openai does not accept the key', next: 'Set a working key.', step: 'draft' },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const places: { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  { name: 'queue', path: '/reviews/rev_1', ready: (page) => page.getByText('full trace').waitFor() },
  {
    name: 'editor',
    path: '/reviews/rev_1',
    ready: async (page) => {
      await page.getByText('full trace').waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Draft' }).fill('Something quite different');
      await page.getByText('Changes to the proposal').waitFor();
    },
  },
  { name: 'nothing proposed', path: '/reviews/rev_2', ready: (page) => page.getByText('full trace').waitFor() },
  {
    name: 'json value',
    path: '/reviews/rev_3',
    ready: async (page) => {
      await page.getByText('full trace').waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
    },
  },
  { name: 'cards', path: '/reviews/rev_8', ready: (page) => page.getByText('full trace').waitFor() },
  {
    name: 'reject dialog',
    path: '/reviews/rev_1',
    ready: async (page) => {
      await page.getByText('full trace').waitFor();
      await page.getByRole('button', { name: 'Reject' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
      await page.getByText('Say what is wrong').waitFor();
    },
  },
  { name: 'runs', path: '/runs', ready: (page) => page.getByRole('link', { name: 'Blocked one' }).waitFor() },
  {
    name: 'run',
    path: '/runs/run_1',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Expand all' }).click();
      await page.getByText('Changes to attempt 1').waitFor();
    },
  },
  { name: 'blocked run', path: '/runs/run_5', ready: (page) => page.getByText('does not accept the key').waitFor() },
  { name: 'missing run', path: '/runs/run_none', ready: (page) => page.getByText('there is no run').waitFor() },
  { name: 'new ticket', path: '/new', ready: (page) => page.getByRole('textbox', { name: 'From' }).waitFor() },
];

const sizes = [
  { device: 'desktop', viewport: desktop },
  { device: 'phone', viewport: phone },
];
describe.each((['light', 'dark'] as const).flatMap((colorScheme) => sizes.map((size) => ({ ...size, colorScheme }))))(
  'on a $device in $colorScheme colours',
  ({ device, viewport, colorScheme }) => {
    let page: Page;
    let faults: string[];
    beforeAll(async () => {
      ({ page, faults } = await signedIn(browser, server, 'Ana', { viewport, colorScheme }));
    });
    afterAll(async () => {
      await page?.context().close();
    });

    it.each(places)('$name has no axe finding and does not scroll sideways', async ({ path, ready, name }) => {
      await page.evaluate('sessionStorage.clear()');
      await page.goto(server.url + path);
      await ready(page);
      if (process.env['SHOTS'])
        await page.screenshot({
          path: `${process.env['SHOTS']}/${name.replaceAll(' ', '-')}-${device}-${colorScheme}.png`,
          fullPage: device === 'phone',
        });
      expect(await axeFindings(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
      expect(faults).toEqual([]);
    });

    it('the list alone and the sign-in page have no axe finding', async () => {
      await page.goto(server.url);
      await page.getByRole('link', { name: /Refund/ }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
      await page.context().clearCookies();
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'You need to sign in' }).waitFor();
      await page.getByText('npx trimtab user invite NAME').waitFor();
      expect(await axeFindings(page)).toEqual([]);
    });
  },
);

describe('on a phone', () => {
  it('cuts no button off at 320 px', async () => {
    const { page, context } = await signedIn(browser, server, 'Ana', { viewport: { width: 320, height: 640 } });
    await page.goto(`${server.url}/reviews/rev_1`);
    await page.getByRole('toolbar', { name: 'Decide' }).waitFor();
    const cut = await page.evaluate(
      "[...document.querySelectorAll('[role=toolbar] .mantine-Button-label')].filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.textContent)",
    );
    expect(cut).toEqual([]);
    await context.close();
  });

  it.each([320, 390, 720])('begins the ticket soon and keeps each line of the head one line at %d px', async (width) => {
    const { page, context } = await signedIn(browser, server, 'Ana', { viewport: { width, height: 640 } });
    await page.goto(`${server.url}/reviews/rev_2`);
    await page.getByText('full trace').waitFor();
    expect((await page.locator('article > header').boundingBox())!.height).toBeLessThan(width === 320 ? 125 : 90);
    const tops =
      'new Set([...document.querySelectorAll("article > header code")].map((each) => Math.round(each.getBoundingClientRect().top))).size';
    expect(await page.evaluate(tops)).toBe(1);
    expect(await page.getByRole('link', { name: 'Open the run' }).count()).toBe(1);
    const linesOf =
      '(() => { const range = document.createRange(); range.selectNodeContents(document.querySelector("nav a[href=\'/new\']")); return new Set([...range.getClientRects()].map((each) => Math.round(each.bottom))).size; })()';
    expect(await page.evaluate(linesOf)).toBe(1);
    expect(await sidewaysScroll(page)).toBe(0);
    await context.close();
  });

  it('decides with big buttons that no message covers, and goes back to the list', async () => {
    const { db } = server;
    await addWaitingReview(db, { n: 9, ticket: ticket(9, 'For the thumb'), dueInMinutes: 2_000 });
    const { page, context } = await signedIn(browser, server, 'Ana', { viewport: phone });
    await page.getByRole('link', { name: /For the thumb/ }).click();
    await page.getByRole('link', { name: 'Back to the queue' }).click();
    await page.getByRole('link', { name: /For the thumb/ }).click();
    const approve = page.getByRole('button', { name: 'Approve' });
    expect((await approve.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await approve.click();
    const told = page.locator('.mantine-Notification-root');
    await told.getByText('Approved').waitFor();
    const message = (await told.boundingBox())!;
    const buttons = (await page.getByRole('toolbar', { name: 'Decide' }).boundingBox())!;
    expect(message.y + message.height).toBeLessThan(buttons.y);
    expect(await db.selectFrom('decisions').select('decision').where('review_id', '=', 'rev_9').execute()).toEqual([
      { decision: 'approve' },
    ]);
    await context.close();
  });
});

describe('untrusted text', () => {
  it('is shown as the characters it is made of, and runs nothing', async () => {
    const { page, context } = await signedIn(browser, server, 'Ana');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}/reviews/rev_1`);
    await page.getByText('full trace').waitFor();
    expect(await page.getByText('<script>window.pwned=2</script>').count()).toBeGreaterThan(0);
    expect(await page.getByText('link removed: javascript:window.pwned=4').count()).toBe(1);
    const outside = page.getByRole('link', { name: 'another' });
    expect(await outside.getAttribute('rel')).toContain('noopener');
    expect(await page.getByText('(evil.example)').count()).toBe(1);
    expect(await page.getByText('image not loaded: pixel').count()).toBe(1);
    await page.goto(`${server.url}/runs/run_1`);
    await page.getByRole('button', { name: 'Expand all' }).click();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('main img, main script, main iframe, [href^="javascript:"]').count()).toBe(0);
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
    await context.close();
  });
});

describe('a value that is not a text', () => {
  it('is read as cards, and the words that it quotes are marked where they were said', async () => {
    const { page, context } = await signedIn(browser, server, 'Ana');
    await page.goto(`${server.url}/reviews/rev_8`);
    const card = page.getByRole('listitem').filter({ hasText: 'deal seats' });
    await card.waitFor();
    expect((await card.innerText()).toLowerCase().replace(/\s+/g, ' ')).toBe('deal seats due none seats 60 we take 60 seats.');
    expect(await page.getByRole('group', { name: 'Text of the ticket' }).locator('mark').allInnerTexts()).toEqual(['We take 60 seats.']);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Value as JSON' }).fill('{"updates": []}');
    await page.keyboard.press('Escape');
    await page.getByText('No updates.').waitFor();
    await context.close();
  });

  it('is edited as JSON, and what the server refuses is shown at its line', async () => {
    const { page, context } = await signedIn(browser, server, 'Ana');
    await page.goto(`${server.url}/reviews/rev_3`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const box = page.getByRole('textbox', { name: 'Value as JSON' });
    await box.fill('{ "amount": }');
    await page.keyboard.press('Control+Enter');
    await page.getByText('This is not JSON').waitFor();
    await box.fill('{\n  "note": "kettle",\n  "amount": 900\n}');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'line 3, /amount' }).waitFor();
    await page.getByText('at most 500 may be refunded').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Value as JSON' }).inputValue()).toContain('900');
    await context.close();
  });
});
