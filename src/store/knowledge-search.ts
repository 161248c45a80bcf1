import { sql } from 'kysely';
import type { Passage } from '../shapes/passage.ts';
import type { Handle } from './database.ts';
import { knownTerms, usualRanking, type Ranking, type WeightedTerm } from './knowledge-query.ts';

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

interface RankOptions {
  keep: number;
  collection: string | null;
  meanLength: number;
  ranking: Ranking;
}

const rank = (db: Handle, terms: WeightedTerm[], { keep, collection, meanLength, ranking }: RankOptions) =>
  sql<Row>`
  with matched as (
    select pt.passage as number,
      sum(q.weight * pt.weight * ${ranking.saturation + 1}::real / (pt.weight + ${ranking.saturation}::real * (${1 - ranking.lengthPenalty}::real + ${ranking.lengthPenalty}::real * p.length / ${meanLength}::real))) as score
    from unnest(${terms.map((term) => term.id)}::int[], ${terms.map((term) => term.weight)}::real[]) as q (id, weight)
    join passage_terms pt on pt.term_id = q.id
    join passages p on p.number = pt.passage
    where ${collection}::text is null or p.collection = ${collection}
    group by 1
  ), scored as (
    select p.number, p.n, m.score, row_number() over document as nth, coalesce(nth_value(m.score, 2) over document, 0) as second
    from matched m join passages p using (number)
    window document as (partition by p.collection, p.document_id order by m.score desc, p.n rows between unbounded preceding and unbounded following)
  ), best as (
    select number, n, (score + ${ranking.support}::real * second) * power(${sameDocument}::real, nth - 1) as score from scored order by 3 desc, n, number limit ${keep}
  )
  select p.id, p.title, p.heading, p.text, d.updated_at, best.score
  from best join passages p using (number) join documents d on d.collection = p.collection and d.id = p.document_id
  order by best.score desc, best.n, p.id`.execute(db);

/**
 * The passages that answer a query best, best first, at most `keep`. The query may be a word or a whole ticket: rare terms
 * and terms that titles use weigh more, pairs of words count as terms, a word that no passage has is read as a misspelling
 * of one that is close. Empty when nothing fits. `collection` absent: all of them.
 */
export async function searchKnowledge(
  db: Handle,
  query: string,
  options: { keep: number; collection?: string; ranking?: Ranking },
): Promise<Passage[]> {
  const { keep, collection = null, ranking = usualRanking } = options;
  const totals = await db.selectFrom('knowledge_totals').select(['passages', 'mean_length']).executeTakeFirst();
  const terms = await knownTerms(db, query, { total: totals?.passages ?? 0, ranking });
  if (terms.length === 0 || keep < 1) return [];
  const found = await rank(db, terms, { keep, collection, meanLength: totals?.mean_length ?? 1, ranking });
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
