import { sql } from 'kysely';
import type { Passage } from '../shapes/passage.ts';
import type { Handle } from './database.ts';
import { knownTerms, type WeightedTerm } from './knowledge-query.ts';

/** BM25: how fast a repeated term stops to count, and how much a long passage is marked down. */
const saturation = 1.2;
const lengthPenalty = 0.75;
/** The second passage of a document counts this much of its score, the third that much again: one document must not fill the list. */
const sameDocument = 0.6;

interface Row {
  id: string;
  title: string;
  heading: string;
  text: string;
  updated_at: Date;
  score: number;
}

const rank = (db: Handle, terms: WeightedTerm[], options: { keep: number; collection: string | null; meanLength: number }) =>
  sql<Row>`
  with matched as (
    select pt.passage as number,
      sum(q.weight * pt.weight * ${saturation + 1}::real / (pt.weight + ${saturation}::real * (${1 - lengthPenalty}::real + ${lengthPenalty}::real * p.length / ${options.meanLength}::real))) as score
    from unnest(${terms.map((term) => term.id)}::int[], ${terms.map((term) => term.weight)}::real[]) as q (id, weight)
    join passage_terms pt on pt.term_id = q.id
    join passages p on p.number = pt.passage
    where ${options.collection}::text is null or p.collection = ${options.collection}
    group by 1
  ), scored as (
    select p.number, p.n, m.score, row_number() over (partition by p.collection, p.document_id order by m.score desc, p.n) as nth
    from matched m join passages p using (number)
  ), best as (
    select number, n, score * power(${sameDocument}::real, nth - 1) as score from scored order by 3 desc, n, number limit ${options.keep}
  )
  select p.id, p.title, p.heading, p.text, d.updated_at, best.score
  from best join passages p using (number) join documents d on d.collection = p.collection and d.id = p.document_id
  order by best.score desc, best.n, p.id`.execute(db);

/**
 * The passages that answer a query best, best first, at most `keep`. The query may be a word or a whole ticket: rare terms
 * and terms that titles use weigh more, pairs of words count as terms, a word that no passage has is read as a misspelling
 * of one that is close. Empty when nothing fits. `collection` null or absent: all of them.
 */
export async function searchKnowledge(db: Handle, query: string, options: { keep: number; collection?: string }): Promise<Passage[]> {
  const totals = await db.selectFrom('knowledge_totals').select(['passages', 'mean_length']).executeTakeFirst();
  const terms = await knownTerms(db, query, totals?.passages ?? 0);
  if (terms.length === 0 || options.keep < 1) return [];
  const found = await rank(db, terms, { keep: options.keep, collection: options.collection ?? null, meanLength: totals?.mean_length ?? 1 });
  return found.rows.map((row) => ({
    id: row.id,
    source: 'knowledge',
    title: row.heading ? `${row.title} › ${row.heading}` : row.title,
    text: row.text,
    at: row.updated_at.toISOString(),
    trust: 'ours',
    score: Number(row.score.toFixed(4)),
  }));
}
