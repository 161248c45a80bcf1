import { passagesIn } from '../checks/passages.ts';
import type { Passage } from '../shapes/passage.ts';
import type { AskRequest } from '../shapes/review.ts';
import type { Handle } from './database.ts';

/**
 * The evidence a proposed value rests on: the passages in the input of the step that produced it. A review step gets only
 * the value, so the producing occurrence is the latest accepted one of the step it reviews with that output.
 */
export async function passagesOfStep(db: Handle, ask: AskRequest): Promise<Passage[]> {
  if (ask.kind !== 'review') return passagesIn(ask.step_input);
  const produced = await db
    .selectFrom('steps')
    .select('input')
    .where('run_id', '=', ask.run_id)
    .where('step', '=', ask.of)
    .where('status', 'in', ['accepted', 'running'])
    .orderBy('occurrence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return passagesIn(produced?.input);
}
