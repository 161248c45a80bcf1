import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { json } from '../../src/store/database.ts';
import { decide } from '../../src/store/decisions.ts';
import { newId } from '../../src/store/ids.ts';
import { askPerson } from '../../src/store/reviews.ts';
import { testDatabase } from '../stack/database.ts';

const { db } = await testDatabase();
const drafts = [
  { occurrence: 1, attempt: 1, text: 'I cannot answer.' },
  { occurrence: 2, attempt: 1, text: 'I cannot answer.' },
  { occurrence: 2, attempt: 2, text: 'A guess.' },
  { occurrence: 2, attempt: 3, text: 'I cannot answer.' },
  { occurrence: 2, attempt: 4, text: 'Another guess.' },
];

/** A run whose writer said the same in several attempts, and a person who was shown `proposed` and edits it. */
async function decided(proposed: unknown): Promise<string> {
  const run_id = newId('run');
  await db
    .insertInto('runs')
    .values({ id: run_id, chain: 'demo', input: json({ q: 1 }) })
    .execute();
  for (const occurrence of [1, 2])
    await db
      .insertInto('steps')
      .values({
        run_id,
        step: 'draft',
        occurrence,
        pass: occurrence,
        kind: 'generate',
        input: '{}',
        input_hash: 'x',
        accepted_attempt: null,
        superseded_by: null,
      })
      .execute();
  for (const { text, ...key } of drafts)
    await db
      .insertInto('attempts')
      .values({
        ...key,
        run_id,
        step: 'draft',
        call: 'draft',
        owner: randomUUID(),
        remedy: 'first',
        answer: 1,
        outcome: 'rejected',
        output: json({ text }),
        prompt_name: null,
        prompt_version: null,
        provider: null,
        model: null,
        result: 'answer',
        message: null,
        input_tokens: null,
        output_tokens: null,
        cached_tokens: null,
        reasoning_tokens: null,
        cost_usd: null,
      })
      .execute();
  const ask = {
    run_id,
    chain: 'demo',
    step: 'draft',
    occurrence: 2,
    pass: 2,
    ask: 1,
    kind: 'human' as const,
    of: 'draft',
    queue: 'support',
  };
  const rest = { step_input: null, input_hash: 'h', verdicts: [], why: 'w', due_ms: null, escalate: null, expires_ms: 60_000 };
  const review = await askPerson(db, { ...ask, ...rest, value: proposed }, { id: newId('rev'), now: new Date() });
  const by = { id: 'user:ada', name: 'ada' };
  const edit = { id: newId('dec'), version: 1, decision: 'edit' as const, value: { text: 'Found it.' }, reason: null, comment: null, by };
  await db.transaction().execute((tx) => decide(tx, review.id, edit));
  return run_id;
}
const decisionsOf = async (run_id: string) =>
  (
    await sql<{ at: string; decision: unknown }>`
      select occurrence || '/' || attempt as at, decision from attempt_records where run_id = ${run_id} and decision is not null`.execute(
      db,
    )
  ).rows;

it('a decision stands at the latest attempt with the text that was proposed, once', async () => {
  expect(await decisionsOf(await decided({ text: 'I cannot answer.' }))).toEqual([
    { at: '2/3', decision: expect.objectContaining({ decision: 'edit', by: 'ada', by_id: 'user:ada', value: { text: 'Found it.' } }) },
  ]);
});
it("a person's own answer, where nothing was proposed, stands at the latest attempt", async () => {
  expect(await decisionsOf(await decided(null))).toMatchObject([{ at: '2/4' }]);
});
