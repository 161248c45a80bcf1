import type { Feedback } from '../shapes/feedback.ts';
import { json, type Handle } from './database.ts';
import { newId } from './ids.ts';

/** Put a word about a run on its record. */
export async function addFeedback(
  db: Handle,
  run_id: string,
  word: { type: string; value: unknown; user: string | null; step: string | null; attempt: number | null },
): Promise<Feedback> {
  const row = await db
    .insertInto('feedback')
    .values({
      id: newId('fb'),
      run_id,
      type: word.type,
      value: json(word.value),
      user_name: word.user,
      step: word.step,
      attempt: word.attempt,
    })
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
