import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { acceptedReplies } from '../../bench/reply-row.ts';
import { json } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { testDatabase } from '../stack/database.ts';

const { db } = await testDatabase();
const passage = { id: 'a', source: 'knowledge', title: 'Returns', text: 'You have 30 days.', at: '2026-11-01T00:00:00Z', trust: 'ours' };

async function attempt(row: { kind?: string; outcome: string; call?: string; output: unknown; found?: unknown[] }): Promise<void> {
  const run_id = newId('run');
  await db.insertInto('runs').values({ id: run_id, chain: 'grounded-answer' }).execute();
  await db
    .insertInto('steps')
    .values({
      run_id,
      step: 'answer',
      occurrence: 1,
      pass: 1,
      kind: row.kind ?? 'generate',
      input: json({ question: 'How long?', found: row.found ?? [passage] }),
      input_hash: 'x',
      accepted_attempt: 1,
      superseded_by: null,
    })
    .execute();
  await db
    .insertInto('attempts')
    .values({
      run_id,
      step: 'answer',
      occurrence: 1,
      attempt: 1,
      call: row.call ?? 'draft',
      owner: randomUUID(),
      remedy: 'first',
      answer: 1,
      outcome: row.outcome,
      output: json(row.output),
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
}

it('reads from the records every accepted text with the passages that its writer was shown', async () => {
  await attempt({ outcome: 'accepted', output: { text: 'You have 30 days [1].' } });
  await attempt({ outcome: 'rejected', output: { text: 'You have 31 days [1].' } });
  await attempt({ outcome: 'accepted_under_exhaustion', output: { text: 'You have 32 days [1].' } });
  await attempt({ outcome: 'accepted', kind: 'retrieve', output: [passage] });
  await attempt({ outcome: 'accepted', call: 'critic/grounded/1', output: { text: 'no draft' } });
  await attempt({ outcome: 'accepted', output: { text: 'From nothing.' }, found: [] });
  expect(await acceptedReplies(db)).toEqual([
    { reply: 'You have 30 days [1].', evidence: [passage], input: { question: 'How long?', found: [passage] } },
  ]);
});
