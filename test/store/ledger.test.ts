import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { memoryLedger } from '../../testing/memory-ledger.ts';
import type { Database } from '../../src/store/database.ts';
import { postgresLedger, type CallEnd, type CallStart, type Ledger } from '../../src/store/ledger.ts';
import { applyNotes, notesOf } from '../../src/store/ledger-notes.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
  await db.insertInto('runs').values({ id: 'run_1', chain: 'demo', metadata: '{}', user_name: null }).execute();
});

let attempt = 0;
const start = (change: Partial<CallStart> = {}): CallStart => {
  attempt += 1;
  return {
    key: { run_id: 'run_1', step: 'draft', occurrence: 1, attempt, call: 'draft' },
    owner: randomUUID(),
    kind: 'generate',
    pass: 1,
    input: { a: 1 },
    input_hash: 'h',
    remedy: 'first',
    answer: 1,
    provider: 'openai',
    model: 'm',
    demo: false,
    prompt: null,
    advice: null,
    notes: [],
    ...change,
  };
};
const answer: CallEnd = {
  sent: { messages: [] },
  result: {
    type: 'answer',
    output: { text: 'hello' },
    output_hash: 'abc',
    usage: { input_tokens: 3, output_tokens: 4 },
    cost_usd: 0.000_012,
    sources: [],
    verdicts: [
      { critic: 'schema', version: '1', verdict: 'pass', score: null, reason: '', at: null, blames: null, evidence: [] },
      {
        critic: 'numbers',
        version: '2',
        verdict: 'fail',
        score: 0.1,
        reason: 'no',
        at: { quote: 'hello' },
        blames: { step: 'facts', occurrence: null },
        evidence: ['p1'],
        missing: 'price',
      },
    ],
  },
};

const ledgers: [string, () => Ledger][] = [
  ['in Postgres', () => postgresLedger(db)],
  ['in memory', memoryLedger],
];

describe.each(ledgers)('the ledger %s', (_name, make) => {
  let ledger: Ledger;
  beforeAll(() => {
    ledger = make();
  });

  it('gives back what a model asked of its tools, and what a tool gave', async () => {
    const usage = { input_tokens: 3, output_tokens: 4 };
    const calls = [
      { tool: 'look', arguments: { id: 'A-1', odd: 'a\u0000b' }, misfit: null },
      { tool: 'rm', arguments: '{"', misfit: 'there is no tool' },
    ];
    const asked = { type: 'calls' as const, text: 'I look.', calls, usage, cost_usd: 0.5 };
    const draft = start();
    await ledger.begin(draft);
    expect(await ledger.finish(draft.key, draft.owner, { sent: null, result: asked })).toBe(true);
    const { result } = (await ledger.begin({ ...draft, owner: randomUUID() })) as { result: unknown };
    expect(result).toMatchObject({
      type: 'calls',
      text: 'I look.',
      usage,
      cost_usd: 0.5,
      calls: [{ tool: 'look', arguments: { id: 'A-1' } }, calls[1]],
    });
    const looked = start({ key: { ...draft.key, call: 'tool/1/1/look/1' }, answer: null });
    await ledger.begin(looked);
    const gave = { type: 'answer' as const, output: ['found'], output_hash: 'x', verdicts: [], usage: null, cost_usd: 0 };
    await ledger.finish(looked.key, looked.owner, { sent: { arguments: {} }, result: gave });
    expect(await ledger.begin({ ...looked, owner: randomUUID() })).toMatchObject({
      type: 'finished',
      result: { type: 'answer', output: ['found'], verdicts: [] },
    });
  });

  it('lets one of two executions make the call', async () => {
    const first = start();
    expect(await ledger.begin(first)).toEqual({ type: 'started' });
    const second = await ledger.begin({ ...first, owner: randomUUID() });
    expect(second.type).toBe('taken');
  });

  it('gives a recorded answer back as it was, verdicts included', async () => {
    const call = start();
    await ledger.begin(call);
    expect(await ledger.finish(call.key, call.owner, answer)).toBe(true);
    expect(await ledger.begin({ ...call, owner: randomUUID() })).toEqual({ type: 'finished', result: answer.result });
  });

  it('refuses a late finisher whose row was taken over, and keeps the row abandoned', async () => {
    const call = start();
    await ledger.begin(call);
    const heir = await ledger.begin({ ...call, owner: randomUUID() });
    expect(heir).toMatchObject({ type: 'taken', result: { type: 'nothing', outcome: 'abandoned', cost_usd: null } });
    expect(await ledger.finish(call.key, call.owner, answer)).toBe(false);
    expect(await ledger.begin({ ...call, owner: randomUUID() })).toMatchObject({ type: 'finished', result: { outcome: 'abandoned' } });
  });

  it('gives back what came instead of an answer', async () => {
    const call = start();
    await ledger.begin(call);
    const result = {
      type: 'nothing' as const,
      outcome: 'rate_limited' as const,
      message: 'slow down',
      left_alone: true as const,
      retry_after_ms: 7000,
      output: null,
      usage: null,
      cost_usd: 0,
    };
    await ledger.finish(call.key, call.owner, { result, sent: null });
    expect(await ledger.begin({ ...call, owner: randomUUID() })).toEqual({ type: 'finished', result });
  });
});

describe('the ledger in Postgres', () => {
  it('lets exactly one of 20 racing executions start, and at most one finish', async () => {
    const ledger = postgresLedger(db);
    const call = start();
    const begun = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const owner = randomUUID();
        return { owner, begun: await ledger.begin({ ...call, owner }) };
      }),
    );
    expect(begun.filter((each) => each.begun.type === 'started')).toHaveLength(1);
    const finished = await Promise.all(begun.map(({ owner }) => ledger.finish(call.key, owner, answer)));
    expect(finished.filter(Boolean).length).toBeLessThanOrEqual(1);
    const rows = await db.selectFrom('attempts').select(['status']).where('attempt', '=', call.key.attempt).execute();
    expect(rows).toEqual([{ status: 'finished' }]);
  });

  it('writes calls of many runs together, and one that cannot be written hurts no other', async () => {
    const ledger = postgresLedger(db);
    const runs = ['run_t1', 'run_t2', 'run_t3'];
    for (const id of runs) await db.insertInto('runs').values({ id, chain: 'demo', metadata: '{}', user_name: null }).execute();
    const outcome = (of: CallStart) => ({ ...of.key, note: 'outcome' as const, outcome: 'rejected' as const });
    const firsts = runs.map((run_id) => start({ key: { run_id, step: 'write', occurrence: 1, attempt: 1, call: 'draft' } }));
    expect(await Promise.all(firsts.map((call) => ledger.begin(call)))).toEqual(runs.map(() => ({ type: 'started' })));
    const lost = start({ key: { run_id: 'run_of_nobody', step: 'write', occurrence: 1, attempt: 1, call: 'draft' } });
    const [alone, ...finished] = await Promise.allSettled([
      ledger.begin(lost),
      ...firsts.map((call) => ledger.finish(call.key, call.owner, answer)),
      ledger.finish({ ...firsts[0]!.key, attempt: 7 }, randomUUID(), answer),
    ]);
    expect(alone?.status).toBe('rejected');
    expect(finished.map((each) => each.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    const seconds = firsts.map((call) => start({ key: { ...call.key, attempt: 2 }, notes: [outcome(call)] }));
    await Promise.all(seconds.map((call) => ledger.begin(call)));
    const rows = await db.selectFrom('attempts').select(['run_id', 'attempt', 'status', 'outcome']).where('run_id', 'in', runs).execute();
    expect(rows.toSorted((a, b) => `${a.run_id}${a.attempt}`.localeCompare(`${b.run_id}${b.attempt}`))).toEqual(
      runs.flatMap((run_id) => [
        { run_id, attempt: 1, status: 'finished', outcome: 'rejected' },
        { run_id, attempt: 2, status: 'started', outcome: null },
      ]),
    );
    const told = await Promise.all(firsts.map((call) => ledger.begin({ ...call, owner: randomUUID() })));
    expect(told).toEqual(runs.map(() => ({ type: 'finished', result: answer.result })));
  });

  it('answers no call from the row of another input', async () => {
    const ledger = postgresLedger(db);
    const call = start();
    await ledger.begin(call);
    await ledger.finish(call.key, call.owner, answer);
    const other = await ledger.begin({ ...call, owner: randomUUID(), input: { a: 2 }, input_hash: 'other' });
    expect(other).toMatchObject({ type: 'finished', result: { type: 'stuck', code: 'build_mismatch' } });
  });

  it('writes the notes that travel with a call, once and again', async () => {
    const ledger = postgresLedger(db);
    const call = start();
    await ledger.begin(call);
    await ledger.finish(call.key, call.owner, answer);
    const notes = [
      { note: 'outcome' as const, step: 'draft', occurrence: 1, attempt: call.key.attempt, outcome: 'rejected' as const },
      { note: 'step' as const, step: 'draft', occurrence: 1, status: 'superseded' as const, attempt: null, superseded_by: 2 },
      { note: 'step' as const, step: 'draft', occurrence: 1, status: 'accepted' as const, attempt: 3, superseded_by: null },
    ];
    await applyNotes(db, notesOf('run_1', notes));
    await applyNotes(db, notesOf('run_1', notes));
    const row = await db.selectFrom('attempts').select('outcome').where('attempt', '=', call.key.attempt).executeTakeFirstOrThrow();
    const step = await db.selectFrom('steps').select(['status', 'superseded_by']).where('step', '=', 'draft').executeTakeFirstOrThrow();
    expect({ ...row, ...step }).toEqual({ outcome: 'rejected', status: 'superseded', superseded_by: 2 });
  });

  it('shows one row an attempt in the view, with verdicts, costs and what the loop made of it', async () => {
    const ledger = postgresLedger(db);
    const call = start();
    await ledger.begin(call);
    await ledger.finish(call.key, call.owner, answer);
    const critic = start({ key: { ...call.key, call: 'critic/grounded/1' }, answer: null });
    await ledger.begin(critic);
    await ledger.finish(critic.key, critic.owner, { ...answer, result: { ...answer.result, cost_usd: 0.5 } as CallEnd['result'] });
    const { rows } = await sql<{ cost_usd: number; cost_usd_with_critics: number; verdicts: unknown[] }>`
      select cost_usd, cost_usd_with_critics, verdicts from attempt_records where attempt = ${call.key.attempt}`.execute(db);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.cost_usd).toBe(0.000_012);
    expect(rows[0]?.cost_usd_with_critics).toBeCloseTo(0.500_012, 9);
    expect(rows[0]?.verdicts).toHaveLength(4);
  });
});
