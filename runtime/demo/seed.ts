import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { TrimtabError } from '../../src/errors.ts';
import type { Database } from '../../src/store/database.ts';
import { importDocuments, readDocuments } from '../../src/store/knowledge.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Seeded {
  seeded: boolean;
  documents: number;
  customers: number;
  orders: number;
}

/**
 * Fill the demo: the shop's schema, customers and orders, and its knowledge documents. Done once a database: a marker
 * row says so, and a second start changes nothing. What staff may read only goes into the collection `internal`, which
 * no chain searches. `log` gets one line.
 */
export async function seedDemo(db: Database, options: { log?: (line: string) => void } = {}): Promise<Seeded> {
  const known = await counts(db);
  if (known) return { seeded: false, ...known };
  await sql.raw(await readFile(here('./shop.sql'), 'utf8')).execute(db);
  await importDocuments(db, readDocuments(here('./data/knowledge')));
  await importDocuments(db, internalDocuments());
  await sql`insert into shop.seedings (name) values ('demo') on conflict do nothing`.execute(db);
  const filled = await counts(db);
  if (!filled) throw new TrimtabError('setup', 'the demo data is not there after it was written; look at the schema shop');
  options.log?.(`demo: ${filled.documents} documents, ${filled.customers} customers, ${filled.orders} orders`);
  return { seeded: true, ...filled };
}

async function* internalDocuments() {
  for await (const document of readDocuments(here('./data/internal')))
    yield { ...document, id: `internal/${document.id}`, collection: 'internal' };
}

/** Null before the marker is set. */
async function counts(db: Database): Promise<{ documents: number; customers: number; orders: number } | null> {
  const there = await sql<{ there: boolean }>`select to_regclass('shop.seedings') is not null as there`.execute(db);
  if (!there.rows[0]?.there) return null;
  const found = await sql<{ documents: number; customers: number; orders: number }>`
    select (select count(*) from documents) as documents, (select count(*) from shop.customers) as customers, (select count(*) from shop.orders) as orders
    from shop.seedings where name = 'demo'`.execute(db);
  return found.rows[0] ?? null;
}
