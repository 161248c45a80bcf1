import type { Database } from '../src/store/database.ts';

/** A long text and the ids of the documents that whoever answers it needs. */
export interface Case {
  id: string;
  situation: string;
  required_documents: string[];
}

/** The share of the required documents among the first k. */
export function recall(found: readonly string[], required: readonly string[], k: number): number {
  const first = new Set(found.slice(0, k));
  return required.filter((id) => first.has(id)).length / required.length;
}

/** The document of each passage, in the order of the passages. */
export async function documentsFound(db: Database, passages: readonly { id: string }[]): Promise<string[]> {
  const ids = passages.map((one) => one.id);
  const rows = await db.selectFrom('passages').select(['id', 'document_id']).where('id', 'in', ids).execute();
  const owner = new Map(rows.map((row) => [row.id, row.document_id]));
  return ids.map((id) => owner.get(id) ?? '');
}
