import type { Feedback } from '../shapes/feedback.ts';
import { json, type Handle } from './database.ts';
import { newId } from './ids.ts';

/** Put a word about a run on its record. A second time with the same id, it is the word that is there. */
export async function addFeedback(
  db: Handle,
  run_id: string,
  word: { id?: string; type: string; value: unknown; user: string | null; step: string | null; attempt: number | null },
): Promise<Feedback> {
  const { id = newId('fb') } = word;
  const row = await db
    .insertInto('feedback')
    .values({ id, run_id, type: word.type, value: json(word.value), user_name: word.user, step: word.step, attempt: word.attempt })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ id }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    run_id,
    type: row.type,
    value: row.value ?? null,
    user: row.user_name,
    step: row.step,
    attempt: row.attempt,
    created_at: row.created_at.toISOString(),
  };
}
