import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { json, type Database } from '../../src/store/database.ts';
import { postgresLedger, type CallStart } from '../../src/store/ledger.ts';
import { listSteps } from '../../src/store/steps.ts';
import { testDatabase } from '../stack/database.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
  await db.insertInto('runs').values({ id: 'run_1', chain: 'demo', metadata: '{}', user_name: null }).execute();
});

const start = (attempt: number): CallStart => ({
  key: { run_id: 'run_1', step: 'draft', occurrence: 1, attempt, call: 'draft' },
  owner: randomUUID(),
  kind: 'generate',
  pass: 1,
  input: { a: 'in\u0000put' },
  input_hash: 'h',
  remedy: 'first',
  answer: 1,
  provider: 'openai',
  model: 'm',
  demo: false,
  prompt: null,
  advice: { comment: '\u0000' },
  notes: [],
});
const said = {
  verdict: 'fail' as const,
  score: null,
  at: { quote: 'a\u0000' },
  blames: null,
  evidence: [],
  critic: 'grounded',
  version: '1',
};

it('a model that writes NUL and half characters is recorded all the same', async () => {
  const ledger = postgresLedger(db);
  const call = start(1);
  expect(await ledger.begin(call)).toEqual({ type: 'started' });
  expect(
    await ledger.finish(call.key, call.owner, {
      sent: { messages: ['\u0000'] },
      result: {
        type: 'answer',
        output: { text: 'a\u0000b\ud800c 🚲 \\u0000' },
        output_hash: 'x',
        usage: null,
        cost_usd: null,
        verdicts: [{ ...said, reason: 'no\u0000', missing: '\u0000price' }],
      },
    }),
  ).toBe(true);
  const other = start(2);
  await ledger.begin(other);
  expect(
    await ledger.finish(other.key, other.owner, {
      sent: null,
      result: {
        type: 'nothing',
        outcome: 'invalid',
        message: 'not JSON: \u0000',
        retry_after_ms: null,
        output: '\u0000',
        usage: null,
        cost_usd: null,
      },
    }),
  ).toBe(true);
  const [step] = await listSteps(db, 'run_1');
  expect(
    step?.attempts.map((attempt) => [attempt.output, attempt.error, attempt.verdicts.map((verdict) => [verdict.reason, verdict.missing])]),
  ).toEqual([
    [{ text: 'a\ufffdb\ufffdc 🚲 \\u0000' }, null, [['no\ufffd', '\ufffdprice']]],
    ['\ufffd', 'not JSON: \ufffd', []],
  ]);
});

it('JSON that Postgres can keep is left as it is', () => {
  const value = { text: 'tab\t back\\slash "quoted" \\ud800 é 🚲 \u2028', n: [1, null, true] };
  expect(JSON.parse(json(value))).toEqual(value);
});
