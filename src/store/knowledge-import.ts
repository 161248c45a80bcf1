import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { TrimtabError } from '../errors.ts';
import type { Database, Handle } from './database.ts';
import type { KnowledgeDocument } from './knowledge-files.ts';
import { splitDocument } from './knowledge-split.ts';
import { indexPassages, recount } from './knowledge-terms.ts';

/** What an import did, in documents. */
export interface Imported {
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
}

interface Ready {
  collection: string;
  id: string;
  title: string;
  content: string;
  hash: string;
}
interface Tally extends Imported {
  seen: Map<string, Set<string>>;
}

const batchSize = 200;
const hashOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\u0000')).digest('hex');

/** Postgres stores neither NUL nor half a character in text. */
const clean = (text: string): string => text.replaceAll('\u0000', ' ').replace(/\p{Surrogate}/gu, '\ufffd');

function ready(document: KnowledgeDocument, fallback: string): Ready {
  const collection = document.collection ?? fallback;
  const id = clean(document.id);
  const title = clean(document.title);
  const content = clean(document.content);
  return { collection, id, title, content, hash: hashOf(title, content) };
}

interface PassageRow {
  id: string;
  collection: string;
  document_id: string;
  n: number;
  title: string;
  heading: string;
  text: string;
}

/** The id names the place and the text: the same text under the same heading keeps its id; a repeated text gets a number. */
function passagesOf(document: Ready): PassageRow[] {
  const times = new Map<string, number>();
  return splitDocument(document.content).map(({ heading, text }, n) => {
    const place = hashOf(document.collection, document.id, heading, text);
    const time = times.get(place) ?? 0;
    times.set(place, time + 1);
    const id = `psg_${hashOf(place, String(time)).slice(0, 24)}`;
    return { id, collection: document.collection, document_id: document.id, n, title: document.title, heading, text };
  });
}

/** The two halves of documents by what is stored: those that are new or differ, and their number by kind. */
async function changesIn(db: Handle, batch: Ready[]): Promise<{ write: Ready[]; added: number; changed: number }> {
  const known = await sql<{ collection: string; id: string; hash: string }>`
    select d.collection, d.id, d.hash from documents d
    join unnest(${batch.map((one) => one.collection)}::text[], ${batch.map((one) => one.id)}::text[]) as b (collection, id) using (collection, id)`.execute(
    db,
  );
  const hashes = new Map(known.rows.map((row) => [JSON.stringify([row.collection, row.id]), row.hash]));
  const write = batch.filter((one) => hashes.get(JSON.stringify([one.collection, one.id])) !== one.hash);
  const changed = write.filter((one) => hashes.has(JSON.stringify([one.collection, one.id]))).length;
  return { write, changed, added: write.length - changed };
}

async function writeDocuments(db: Handle, documents: Ready[]): Promise<void> {
  const columns = { collections: documents.map((one) => one.collection), ids: documents.map((one) => one.id) };
  await sql`
    insert into documents (collection, id, title, hash)
    select * from unnest(${columns.collections}::text[], ${columns.ids}::text[], ${documents.map((one) => one.title)}::text[], ${documents.map((one) => one.hash)}::text[])
    on conflict (collection, id) do update set title = excluded.title, hash = excluded.hash, updated_at = now()`.execute(db);
  await sql`
    delete from passages p using unnest(${columns.collections}::text[], ${columns.ids}::text[]) as b (collection, document_id)
    where p.collection = b.collection and p.document_id = b.document_id`.execute(db);
  const rows = documents.flatMap(passagesOf);
  if (rows.length === 0) return;
  const numbers = await sql<{ number: number }>`
    insert into passages (id, collection, document_id, n, title, heading, text)
    select id, collection, document_id, n, title, heading, text
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id text, collection text, document_id text, n int, title text, heading text, text text)
    returning number`.execute(db);
  await indexPassages(
    db,
    numbers.rows.map((row) => row.number),
  );
}

function remember(tally: Tally, document: Ready): void {
  const ids = tally.seen.get(document.collection) ?? new Set();
  if (ids.has(document.id))
    throw new TrimtabError(
      'invalid_input',
      `document '${document.id}' of collection '${document.collection}' comes twice; ids must differ`,
    );
  ids.add(document.id);
  tally.seen.set(document.collection, ids);
}

async function removeOthers(db: Handle, seen: Map<string, Set<string>>): Promise<number> {
  let removed = 0;
  for (const [collection, ids] of seen) {
    const gone = await sql`delete from documents where collection = ${collection} and id <> all(${[...ids]}::text[])`.execute(db);
    removed += Number(gone.numAffectedRows ?? 0n);
  }
  return removed;
}

async function writeBatch(db: Handle, batch: Ready[], tally: Tally): Promise<void> {
  if (batch.length === 0) return;
  const { write, added, changed } = await changesIn(db, batch);
  tally.added += added;
  tally.changed += changed;
  tally.unchanged += batch.length - write.length;
  if (write.length > 0) await writeDocuments(db, write);
}

/**
 * Bring documents into the knowledge base: those whose title or content differ are split and indexed again, the others are
 * left alone. `collection`: where documents go that name none. `prune`: also remove the documents of the collections that
 * were seen which are not among them. All in one transaction: an error leaves everything as it was. Throws `invalid_input`
 * when an id comes twice, and for `prune` without a single document.
 */
export async function importDocuments(
  db: Database,
  documents: AsyncIterable<KnowledgeDocument> | Iterable<KnowledgeDocument>,
  options: { prune?: boolean; collection?: string } = {},
): Promise<Imported> {
  return db.transaction().execute(async (tx) => {
    // Two imports at a time would count terms twice.
    await sql`select pg_advisory_xact_lock(hashtext('trimtab_knowledge_import'))`.execute(tx);
    const tally: Tally = { added: 0, changed: 0, unchanged: 0, removed: 0, seen: new Map() };
    let batch: Ready[] = [];
    for await (const document of documents) {
      const one = ready(document, options.collection ?? 'default');
      remember(tally, one);
      batch.push(one);
      if (batch.length < batchSize) continue;
      await writeBatch(tx, batch, tally);
      batch = [];
    }
    await writeBatch(tx, batch, tally);
    if (options.prune && tally.seen.size === 0)
      throw new TrimtabError('invalid_input', 'there is no document to import, and pruning would empty the knowledge base');
    if (options.prune) tally.removed = await removeOthers(tx, tally.seen);
    const { seen: _, ...imported } = tally;
    if (imported.added + imported.changed + imported.removed > 0) await recount(tx);
    return imported;
  });
}
