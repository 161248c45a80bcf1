import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { axeFindings, openBrowser, signedIn } from './browser.ts';
import { pageServer, type PageServer } from './page-server.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
let faults: string[];
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const png = (name: string, bytes = 0) => ({
  name,
  mimeType: 'image/png',
  buffer: Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.alloc(bytes)]),
});

beforeAll(async () => {
  [server, browser] = await Promise.all([pageServer(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  ({ page, faults } = await signedIn(browser, server, 'Ana'));
  await page.goto(`${server.url}/new?chain=photos`);
});

const picker = () => page.getByLabel('files', { exact: true });
const picked = () => page.getByRole('list', { name: 'Picked: files' }).getByRole('listitem').allInnerTexts();
const alert = () => page.getByRole('alert').innerText();

it('a chain that takes files has a picker which a keyboard reaches, and the run gets what was picked', async () => {
  await page.getByRole('textbox', { name: 'question' }).fill('What is torn?');
  await page.keyboard.press('Tab');
  expect(await picker().evaluate((element) => element.matches(':focus'))).toBe(true);
  await page.getByText('PNG, JPEG, GIF, WebP or PDF, 2 files at most, 750 kB together').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Space');
  await (
    await chooser
  ).setFiles([png('bag.png'), { name: 'bill.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') }]);
  await expect.poll(picked).toEqual([expect.stringContaining('bag.png'), expect.stringContaining('bill.pdf')]);
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { level: 1, name: 'What is torn?' }).waitFor();
  const id = page.url().split('/').at(-1) ?? '';
  const { input } = await server.db.selectFrom('runs').select('input').where('id', '=', id).executeTakeFirstOrThrow();
  expect(input).toEqual({
    question: 'What is torn?',
    files: [
      { name: 'bag.png', media_type: 'image/png', data: pixel },
      { name: 'bill.pdf', media_type: 'application/pdf', data: Buffer.from('%PDF-1.7\n%%EOF\n').toString('base64') },
    ],
  });
  expect(faults).toEqual([]);
});

it('what cannot be taken is left out, with a sentence for each; what was picked can be removed', async () => {
  await picker().setInputFiles([
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
    png('large.png', 800_000),
    { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) },
    png('half.png', 400_000),
  ]);
  await expect.poll(picked).toEqual([expect.stringContaining('half.png')]);
  expect(await alert()).toContain('notes.txt was left out: pick PNG, JPEG, GIF, WebP or PDF');
  expect(await alert()).toContain('large.png has 800 kB, and 750 kB is the most');
  expect(await alert()).toContain('empty.png is empty');
  expect(await axeFindings(page)).toEqual([]);
  await picker().setInputFiles([png('other.png', 400_000)]);
  await expect.poll(alert).toContain('other.png has 400 kB, and of 750 kB for all files 350 kB are left');
  await picker().setInputFiles([png('second.png'), png('third.png')]);
  await expect.poll(alert).toBe('third.png is one more than 2');
  await page.getByRole('button', { name: 'Remove half.png' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(picked).toEqual([expect.stringContaining('second.png')]);
  expect(await picker().evaluate((element) => element.matches(':focus'))).toBe(true);
  await page.getByRole('button', { name: 'Remove second.png' }).click();
  await picker().setInputFiles([png('second.png')]);
  await expect.poll(picked).toEqual([expect.stringContaining('second.png')]);
});

it('a file that is not what its name says is named by the server, and nothing is stored', async () => {
  await page.getByRole('textbox', { name: 'question' }).fill('What is it?');
  await picker().setInputFiles([{ name: 'fake.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all, by no means') }]);
  await expect.poll(picked).toHaveLength(1);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect.poll(alert).toContain('fake.png: the data is no file of this media_type');
});
