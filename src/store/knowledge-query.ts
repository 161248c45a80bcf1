import { sql } from 'kysely';
import type { Handle } from './database.ts';
import { commonWords } from './common-words.ts';
import { language } from './knowledge-terms.ts';
import { closest } from './spelling.ts';

/** A term of the query that the knowledge base has, and what a passage gains by it. */
export interface WeightedTerm {
  id: number;
  weight: number;
}

/** What shapes the order of a search. */
export interface Ranking {
  /** BM25: how fast a repeated term stops to count, and how much a long passage is marked down (0 to 1). */
  saturation: number;
  lengthPenalty: number;
  /** A pair of words against a single one of the same rarity. */
  pairWeight: number;
  /** A word of every English sentence ("say", "want", "right"), or a pair with one, against another of the same rarity: those who ask use it more than those who wrote. */
  commonWord: number;
  /** Weight of a term that no title uses; one that lives in titles gets up to 1 more. */
  textOnly: number;
  /** Share of a document's second best passage that every passage of it gains: two that fit say more than one. */
  support: number;
}

/**
 * Measured on 49 long descriptions with `npm run bench:retrieval -- --folds 7`: neighbouring values differ by less than the
 * noise, so these are the middle of a plain, no peak. What `support` and `commonWord` give on held-out descriptions is printed there.
 */
export const usualRanking: Ranking = {
  saturation: 1.2,
  lengthPenalty: 0.75,
  pairWeight: 0.5,
  commonWord: 0.5,
  textOnly: 0.6,
  support: 0.5,
};

interface Counts {
  id: number;
  term: string;
  passages: number;
  documents: number;
  titles: number;
}
interface QueryTerm {
  term: string;
  words: number;
  count: number;
  common: boolean;
  known: Counts | null;
}

/** A query longer than this is cut: 100,000 characters of ticket hold no more subject than the first pages. */
const longest = 20_000;
const mostTerms = 400;
/** Occurrences read for one search, about 1 ms a thousand. Measured: reading a third as many costs less than 0.02 of recall. In a large base the commonest and lightest terms of a long query go unread. */
const mostRead = 30_000;
/** Unknown words that are looked up as misspellings, in the order of the query. In a long text they are names. */
const mostUnknown = 8;
const shortQuery = 40;
const misspelled = 0.7;

/** "didn't", "I've", "you'd": Postgres would leave "didn", "ve" and "d" over, rare in what staff write and so heavy. */
const contraction = /(?<!\p{L})\p{L}{1,6}n['’]t\b|(?<=\p{L})['’](?:ve|d|m|ll|re)\b/giu;

async function termsOf(db: Handle, query: string): Promise<QueryTerm[]> {
  const text = query
    .slice(0, longest)
    .replaceAll('\u0000', ' ')
    .replace(/\p{Surrogate}/gu, ' ')
    .replace(contraction, '');
  const found = await sql<{ term: string; words: number; count: number; common: boolean } & Record<keyof Counts, number | null>>`
    with tokens as (
      select t.lexeme, at, t.lexeme = any(tsvector_to_array(to_tsvector(${language}::regconfig, ${commonWords}))) as common
      from unnest(to_tsvector(${language}::regconfig, ${text})) t, unnest(t.positions) as at
    ), pairs as (
      select lexeme, lead(lexeme) over w as next, lead(at) over w - at as gap, common or lead(common) over w as common from tokens window w as (order by at)
    ), query as (
      select lexeme as term, 1 as words, count(*) as count, min(at) as at, common from tokens group by lexeme, common
      union all select lexeme || ' ' || next, 2, count(*), 0, bool_or(common) from pairs where gap = 1 group by 1
    )
    select q.term, q.words, q.count, q.common, t.id, t.passages, t.documents, t.titles from query q left join terms t using (term) order by q.words, q.at`.execute(
    db,
  );
  return found.rows.map(({ term, words, count, common, id, passages, documents, titles }) => ({
    term,
    words,
    count,
    common,
    known: id === null ? null : { id, term, passages: passages ?? 0, documents: documents ?? 0, titles: titles ?? 0 },
  }));
}

/** What words that no passage has were meant to be: near in trigrams or alike at the start, then within one or two slips of the finger. */
async function corrections(db: Handle, unknown: string[]): Promise<Map<string, Counts>> {
  const near = await sql<Counts & { wrong: string }>`
    select w.wrong, t.* from unnest(${unknown}::text[]) as w (wrong), lateral (
      select id, term, passages, documents, titles from terms
      where words = 1 and (term % w.wrong or term like left(w.wrong, 3) || '%') and abs(length(term) - length(w.wrong)) <= 2
      order by similarity(term, w.wrong) desc, passages desc limit 60
    ) t`.execute(db);
  const found = new Map<string, Counts>();
  for (const word of unknown) {
    const best = closest(
      word,
      near.rows.filter((row) => row.wrong === word),
    );
    if (best) found.set(word, best);
  }
  return found;
}

/**
 * Inverse document frequency as in BM25, raised for terms that titles use. Measured on 49 long descriptions: what titles
 * speak of is the subject, and a rare word that only texts use ("wrong", "yesterday") is talk; recall@25 went from .48 to .56.
 */
function weightOf(term: Counts, total: number, textOnly: number): number {
  const rare = Math.log(1 + (total - term.passages + 0.5) / (term.passages + 0.5));
  const topical = Math.min(1, (3 * term.titles) / (term.documents + 2));
  return rare * (textOnly + topical);
}

/** The heaviest terms whose occurrences can be read in the time of a search; the heaviest one in any case. */
function affordable(terms: { id: number; weight: number; passages: number }[]): WeightedTerm[] {
  let read = 0;
  return terms
    .filter((term, index) => {
      if (index > 0 && read + term.passages > mostRead) return false;
      read += term.passages;
      return true;
    })
    .map(({ id, weight }) => ({ id, weight }));
}

/** The terms of a query with their weights, at most 400, heaviest first. `total`: passages in the base. */
export async function knownTerms(
  db: Handle,
  query: string,
  { total, ranking }: { total: number; ranking: Ranking },
): Promise<WeightedTerm[]> {
  const terms = await termsOf(db, query);
  const single = terms.filter((term) => term.words === 1);
  const unknown =
    single.length > shortQuery ? [] : single.filter((term) => term.known === null && /^\p{L}{4,}$/u.test(term.term)).slice(0, mostUnknown);
  const corrected =
    unknown.length === 0
      ? new Map<string, Counts>()
      : await corrections(
          db,
          unknown.map((term) => term.term),
        );
  const weights = new Map<number, { id: number; weight: number; passages: number }>();
  for (const { term, words, count, common, known } of terms) {
    const meant = known ?? corrected.get(term);
    if (!meant) continue;
    const sure = known ? 1 : misspelled;
    const share = sure * (words === 2 ? ranking.pairWeight : 1) * (common ? ranking.commonWord : 1);
    const weight = Math.log2(1 + count) * weightOf(meant, total, ranking.textOnly) * share;
    if (weight > (weights.get(meant.id)?.weight ?? 0)) weights.set(meant.id, { id: meant.id, weight, passages: meant.passages });
  }
  return affordable([...weights.values()].toSorted((a, b) => b.weight - a.weight).slice(0, mostTerms));
}
