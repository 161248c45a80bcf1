import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { canonical, hashOf } from '../correct/canonical.ts';
import type { Passage } from '../shapes/passage.ts';
import type { Handle } from './database.ts';

/** What was asked of which source, and for how long an answer serves. */
export interface SourceQuestion {
  source: string;
  question: unknown;
  ttl_ms: number;
}

const keyOf = ({ source, question }: SourceQuestion): string =>
  createHash('sha256')
    .update(canonical([source, question]))
    .digest('hex');
const withoutTime = (passages: readonly Passage[]): unknown => passages.map((passage) => ({ ...passage, at: null }));

async function find(db: Handle, key: string): Promise<Passage[] | null> {
  const found = await sql<{ passages: Passage[] }>`
    select passages from source_answers where key = ${key} and expires_at > now()`.execute(db);
  return found.rows[0]?.passages ?? null;
}

/** The same content read again keeps the passages, and so the time, of the first reading. */
async function keep(db: Handle, question: SourceQuestion, passages: Passage[]): Promise<Passage[]> {
  const kept = await sql<{ passages: Passage[] }>`
    insert into source_answers as old (key, source, content_hash, passages, expires_at)
    values (${keyOf(question)}, ${question.source}, ${hashOf(withoutTime(passages))}, ${JSON.stringify(passages)}::jsonb,
            now() + ${question.ttl_ms} * interval '1 millisecond')
    on conflict (key) do update set
      passages = case when old.content_hash = excluded.content_hash then old.passages else excluded.passages end,
      read_at = case when old.content_hash = excluded.content_hash then old.read_at else now() end,
      content_hash = excluded.content_hash, expires_at = excluded.expires_at
    returning passages`.execute(db);
  return kept.rows[0]?.passages ?? passages;
}

/**
 * The answer of an outside source, read again only when its time is over. What fails or is empty is not kept, and a cache that
 * cannot be reached is no reason not to ask. `ttl_ms` 0: always ask.
 */
export async function cachedAnswer(db: Handle, question: SourceQuestion, ask: () => Promise<Passage[]>): Promise<Passage[]> {
  if (question.ttl_ms <= 0) return ask();
  const known = await find(db, keyOf(question)).catch(() => null);
  if (known !== null) return known;
  const passages = await ask();
  return passages.length === 0 ? passages : keep(db, question, passages).catch(() => passages);
}
