import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { Database } from '../src/store/database.ts';
import { importDocuments, readDocuments, searchKnowledge } from '../src/store/knowledge.ts';
import { bootstrap, shown } from './interval.ts';
import { compareFolds } from './retrieval-folds.ts';
import { documentsFound, recall, type Case } from './retrieval-recall.ts';
import { scratchDatabase } from './scratch-database.ts';

/**
 * `npm run bench:retrieval -- [FOLDER] [--folds N]`: recall of required documents for long texts, ours beside plain full text.
 * With `--folds`: what is left of it when the settings are chosen on some situations and measured on the others.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { folds: { type: 'string' } } });
const folder = positionals[0] ?? fileURLToPath(new URL('../../shared/data/banking', import.meta.url));
const folds = values.folds === undefined ? 0 : Number(values.folds);
const most = 25;
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Whole documents, every word of the text ORed, Postgres' own ranking. `weighted`: titles as A, long documents marked down. */
async function fillBaseline(db: Database): Promise<void> {
  await sql`create table baseline (id text primary key, plain tsvector not null, weighted tsvector not null)`.execute(db);
  for await (const { id, title, content } of readDocuments(`${folder}/documents.jsonl`)) {
    await sql`insert into baseline values (${id}, to_tsvector('english', ${title} || ' ' || ${content}), setweight(to_tsvector('english', ${title}), 'A') || to_tsvector('english', ${content}))`.execute(
      db,
    );
  }
}

async function baseline(db: Database, text: string, column: 'plain' | 'weighted'): Promise<string[]> {
  const found = await sql<{ id: string }>`
    with q as (select string_agg(quote_literal(word), ' | ')::tsquery as words from unnest(tsvector_to_array(to_tsvector('english', ${text}))) as word)
    select id from baseline, q where ${sql.ref(column)} @@ words order by ts_rank(${sql.ref(column)}, words) desc, id limit ${most}`.execute(
    db,
  );
  return found.rows.map((row) => row.id);
}

function report(name: string, ours: number[], theirs: Record<string, number[]>): void {
  print(`${name.padEnd(44)} ${shown(bootstrap(ours))}`);
  for (const [other, values] of Object.entries(theirs)) {
    print(`  ${other.padEnd(42)} ${shown(bootstrap(values))}`);
    print(`  ${'  paired difference'.padEnd(42)} ${shown(bootstrap(ours.map((value, index) => value - (values[index] ?? 0))), '+')}`);
  }
}

async function measure(db: Database, cases: Case[]): Promise<void> {
  const times: number[] = [];
  const rows: { ours: string[]; passages: string[]; plain: string[]; weighted: string[]; required: string[] }[] = [];
  await searchKnowledge(db, 'warm up the connection', { keep: 1 });
  for (const { situation, required_documents: required } of cases) {
    const begun = performance.now();
    const found = await searchKnowledge(db, situation, { keep: 3 * most, collection: 'default' });
    times.push(performance.now() - begun);
    const passages = await documentsFound(db, found);
    rows.push({
      required,
      passages,
      ours: [...new Set(passages)],
      plain: await baseline(db, situation, 'plain'),
      weighted: await baseline(db, situation, 'weighted'),
    });
  }
  print(`${cases.length} situations, each searched whole; recall of required documents, mean [95 % bootstrap over situations]`);
  for (const k of [10, most]) {
    const column = (name: 'ours' | 'passages' | 'plain' | 'weighted'): number[] => rows.map((row) => recall(row[name], row.required, k));
    report(`recall@${k}, documents`, column('ours'), {
      'plain full text': column('plain'),
      'plain full text, titles weighted': column('weighted'),
    });
    print(`  ${`counted over the first ${k} passages`.padEnd(42)} ${shown(bootstrap(column('passages')))}`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0).toFixed(1);
  print(`search: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}

const text = await readFile(`${folder}/cases-dev.jsonl`, 'utf8').catch(() => null);
if (text === null) {
  print(`bench:retrieval: skipped, ${folder}/cases-dev.jsonl is not there; give the folder as the argument`);
} else {
  const cases = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case);
  if (values.folds !== undefined && !(Number.isInteger(folds) && folds >= 2 && folds <= cases.length))
    throw new Error(`--folds ${values.folds}: give a whole number from 2 to ${cases.length}, the number of situations`);
  const scratch = await scratchDatabase();
  try {
    const begun = performance.now();
    const imported = await importDocuments(scratch.db, readDocuments(`${folder}/documents.jsonl`));
    const { passages } = await scratch.db.selectFrom('knowledge_totals').select('passages').executeTakeFirstOrThrow();
    print(`import: ${imported.added} documents, ${passages} passages in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    await fillBaseline(scratch.db);
    await measure(scratch.db, cases);
    if (folds > 0) for (const line of await compareFolds(scratch.db, cases, folds)) print(line);
  } finally {
    await scratch.close();
  }
}
