import { sql } from 'kysely';
import { passagesIn, passagesOfCalls } from '../checks/passages.ts';
import type { Passage } from '../shapes/passage.ts';
import type { AskRequest } from '../shapes/review.ts';
import { json, type Handle } from './database.ts';

/**
 * The evidence a proposed value rests on: the passages in the input of the step that produced it, and those that its model's tools found on the way. A review step gets only
 * the value, so the producing occurrence is the latest accepted one of the step it reviews with that output.
 */
export async function passagesOfStep(db: Handle, ask: AskRequest): Promise<Passage[]> {
  return [...(await passagesGiven(db, ask)), ...(await passagesFound(db, ask))];
}

async function passagesGiven(db: Handle, ask: AskRequest): Promise<Passage[]> {
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

/** Of the attempt that gave the value; of a call that is to be made: of none. */
async function passagesFound(db: Handle, { kind, run_id, of, value }: AskRequest): Promise<Passage[]> {
  if (kind === 'tool' || value === null) return [];
  const { rows } = await sql<{ call: string; output: unknown }>`
    select t.call, t.output from attempts t join lateral (
      select occurrence, attempt from attempts where run_id = ${run_id} and step = ${of} and call like 'turn/%' and output = ${json(value)}::jsonb
       order by started_at desc limit 1) a using (occurrence, attempt)
     where t.run_id = ${run_id} and t.step = ${of} and t.call like 'tool/%' and t.result = 'answer'`.execute(db);
  return passagesOfCalls(rows);
}
