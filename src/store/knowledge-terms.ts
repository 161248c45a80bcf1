import { sql } from 'kysely';
import type { Handle } from './database.ts';

/** How Postgres stems words and which it leaves out. Texts in other languages are found by their exact words. */
export const language = 'english';

// A word in the title of the document counts as three in the text, a word in the heading as two.
const titleWeight = 2;
const headingWeight = 1;

/**
 * Write the terms of these passages: stemmed words, and pairs of words that stand side by side ("light green", "wire
 * transfer"), each with its weight. Title and heading are read as fields of their own, so that no pair spans two fields.
 */
export async function indexPassages(db: Handle, numbers: number[]): Promise<void> {
  await sql`create temp table if not exists new_terms (passage int, term text, words smallint, weight real, in_title boolean) on commit drop`.execute(
    db,
  );
  await sql`truncate new_terms`.execute(db);
  await sql`
    insert into new_terms
    with fields as (
      select p.number, f.field, f.weight, to_tsvector(${language}::regconfig, f.text) as words
      from passages p, lateral (values ('title', p.title, ${titleWeight}::real), ('heading', p.heading, ${headingWeight}::real), ('text', p.text, 1::real)) as f (field, text, weight)
      where p.number = any(${numbers}::int[])
    ), tokens as (
      select number, field, weight, t.lexeme, at from fields, unnest(words) t, unnest(t.positions) as at
    ), pairs as (
      select number, field, weight, lexeme, lead(lexeme) over w as next, lead(at) over w - at as gap from tokens window w as (partition by number, field order by at)
    ), all_terms as (
      select number, field, weight, lexeme as term, 1 as words from tokens
      union all select number, field, weight, lexeme || ' ' || next, 2 from pairs where gap = 1
    )
    select number, term, words, sum(weight), bool_or(field = 'title') from all_terms where length(term) <= 200 group by 1, 2, 3`.execute(
    db,
  );
  await sql`insert into terms (term, words) select distinct term, words from new_terms on conflict (term) do nothing`.execute(db);
  await sql`
    insert into passage_terms (term_id, passage, weight, in_title)
    select t.id, n.passage, n.weight, n.in_title from new_terms n join terms t using (term)`.execute(db);
  await sql`
    update passages p set length = w.length from (select passage, sum(weight) as length from new_terms where words = 1 group by 1) w where p.number = w.passage`.execute(
    db,
  );
}

/** Count again in how many passages, documents and titles each term occurs, drop the terms that are gone, and tell the planner. */
export async function recount(db: Handle): Promise<void> {
  await sql`
    with counted as (
      select pt.term_id, count(*) as passages, count(distinct (p.collection, p.document_id)) as documents,
        count(distinct (p.collection, p.document_id)) filter (where pt.in_title) as titles
      from passage_terms pt join passages p on p.number = pt.passage group by 1
    )
    update terms t set passages = c.passages, documents = c.documents, titles = c.titles from counted c
    where c.term_id = t.id and (t.passages, t.documents, t.titles) is distinct from (c.passages, c.documents, c.titles)`.execute(db);
  await sql`delete from terms t where not exists (select from passage_terms pt where pt.term_id = t.id)`.execute(db);
  await sql`
    update knowledge_totals set passages = n.passages, mean_length = greatest(n.mean_length, 1)
    from (select count(*) as passages, coalesce(avg(length), 1) as mean_length from passages) n`.execute(db);
  await sql`analyze documents, passages, terms, passage_terms`.execute(db);
}
