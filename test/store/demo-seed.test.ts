import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { seedDemo } from '../../runtime/demo/seed.ts';
import { createShopReader } from '../../runtime/demo/shop-reader.ts';
import { demoTickets } from '../../runtime/demo/tickets.ts';
import { openDatabase } from '../../src/store/database.ts';
import { searchKnowledge } from '../../src/store/knowledge.ts';
import { testDatabase } from '../stack/database.ts';

const { db, url } = await testDatabase();
const lines: string[] = [];
const first = await seedDemo(db, { log: (line) => lines.push(line) });

const state = async () =>
  (
    await sql<{ state: string }>`
  select md5(string_agg(x, '|' order by x)) as state from (
    select p.id || p.text as x from passages p union all select to_jsonb(o)::text from shop.orders o union all select to_jsonb(i)::text from shop.order_items i union all select to_jsonb(c)::text from shop.customers c
  ) all_rows`.execute(db)
  ).rows[0]?.state;
const textOf = (id: string): string => {
  const ticket = demoTickets.find((one) => one.id === id);
  return `${ticket?.subject}\n\n${ticket?.body}`;
};
const titles = async (query: string) =>
  (await searchKnowledge(db, query, { keep: 6, collection: 'default' })).map((passage) => passage.title);

describe('filling the demo', () => {
  it('happens once, says so in one line, and a second start changes nothing', async () => {
    expect(first).toMatchObject({ seeded: true, customers: 25, orders: 60 });
    expect(first.documents).toBeGreaterThanOrEqual(43);
    expect(lines).toHaveLength(1);
    const before = await state();
    expect(await seedDemo(db, { log: (line) => lines.push(line) })).toEqual({ ...first, seeded: false });
    expect(await state()).toBe(before);
    expect(lines).toHaveLength(1);
  });

  it('mends a fill that was cut off before its marker', async () => {
    const before = await state();
    await sql`delete from shop.order_items where order_id = 'BC-20754'`.execute(db);
    await sql`delete from shop.seedings`.execute(db);
    expect((await seedDemo(db)).seeded).toBe(true);
    expect(await state()).toBe(before);
  });

  it('tells the orders of one customer in sentences, and no others', async () => {
    const rows = (
      await sql<{
        customer_id: string;
        summary: string;
      }>`select customer_id, summary from shop.customer_orders where customer_id = ${'cus_1009'}`.execute(db)
    ).rows;
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.customer_id === 'cus_1009')).toBe(true);
    expect(rows.map((row) => row.summary).join(' ')).toContain(
      'Order BC-20754 left our warehouse on 12 November 2026 and is expected on 18 November 2026.',
    );
    expect((await sql`select from shop.customer_orders where summary is null`.execute(db)).rows).toEqual([]);
  });

  it('gives a reader that sees the orders and can do nothing else', async () => {
    const readerUrl = await createShopReader(db, url);
    if (readerUrl === null) throw new Error('the test database lets us make no roles');
    const reader = openDatabase(readerUrl, { max: 1 });
    onTestFinished(() => reader.destroy());
    expect((await sql`select from shop.customer_orders`.execute(reader)).rows).toHaveLength(60);
    for (const statement of [
      'select * from shop.customers',
      'select * from trimtab.passages',
      'delete from shop.orders',
      'create table shop.mine (a int)',
      "set default_transaction_read_only = off; insert into shop.seedings values ('x')",
    ]) {
      await expect(sql.raw(statement).execute(reader), statement).rejects.toThrow(/permission denied|read-only|does not exist/);
    }
  });
});

describe('searching the demo for what its tickets ask', () => {
  it.each([
    ['T-1001', 'Returning something you bought'],
    ['T-1002', 'Delivery costs per country'],
    ['T-1005', 'Rückgabe und Erstattung (Deutsch)'],
    ['T-1006', 'Something arrived damaged'],
    ['T-1007', 'Changing an order after you placed it'],
    ['T-1008', 'Descaling Robin espresso machines'],
    ['T-1010', 'Invoices and VAT'],
    ['T-1011', 'Pausing, skipping or ending Bean Post'],
    ['T-1012', 'Safety recall: base of the Heron kettle'],
  ])('%s finds "%s" at once', async (id, title) => {
    expect((await titles(textOf(id))).some((found) => found.includes(title))).toBe(true);
  });

  it('T-1003 misses the voltage with its first search and finds it when told what is missing', async () => {
    const voltage = 'Using a machine abroad: voltage and plugs';
    expect((await titles(textOf('T-1003'))).some((found) => found.includes(voltage))).toBe(false);
    expect((await titles('Robin used Canada'))[0]).toContain(voltage);
  });

  it('never shows a customer what only staff may read', async () => {
    const found = await searchKnowledge(db, 'goodwill limit of a support agent for one case', { keep: 10, collection: 'default' });
    expect(found.filter((passage) => passage.title.startsWith('Internal'))).toEqual([]);
    const internal = await searchKnowledge(db, 'goodwill limit of a support agent for one case', { keep: 10, collection: 'internal' });
    expect(internal.length).toBeGreaterThan(0);
  });
});
