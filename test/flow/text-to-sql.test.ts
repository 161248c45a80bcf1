import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startDemoModel } from '../../runtime/demo/model/server.ts';
import type { FaultPlan } from '../../runtime/demo/model/answer.ts';
import { startShop } from '../../runtime/demo/start.ts';
import type { Run } from '../../src/shapes/run.ts';
import type { Step } from '../../src/shapes/step.ts';
import { testEngine } from '../stack/engine.ts';

const engine = await testEngine({ worker: false });
const home = await mkdtemp(join(tmpdir(), 'trimtab-sql-'));
let plan: FaultPlan = () => null;
const model = await startDemoModel({ plan: (prompt) => plan(prompt), log: () => undefined });
const shop = await startShop(home, engine.db, engine.env['DATABASE_URL'] ?? '');
afterAll(async () => {
  await engine.stopWorker();
  await Promise.all([model.stop(), shop.stop()]);
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  plan = () => null;
});
await engine.restartWorker({ TRIMTAB_DEMO_MODEL_URL: model.base_url, ...shop.env });

interface Asked {
  run: Run;
  output: { text: string; sql: string | null };
  attempts: Step['attempts'];
}
async function ask(question: string): Promise<Asked> {
  const run = (await engine.call('/v1/chains/text-to-sql/runs?wait=25', { body: { input: { question } } })).body as Run;
  const steps = (await engine.call(`/v1/runs/${run.id}/steps`)).body.data as Step[];
  const attempts = steps.filter(({ step }) => step === 'query').flatMap((step) => step.attempts);
  return { run, output: run.output as Asked['output'], attempts };
}
/** The remedy of each attempt, its outcome, and what was said against it. */
const told = (attempts: Asked['attempts']) =>
  attempts.map(({ remedy, outcome, verdicts }) => [remedy, outcome, verdicts.find(({ verdict }) => verdict === 'fail')?.reason ?? null]);
/** Plants a fault in the first statement only. */
const first =
  (fault: 'wrong_column' | 'lost_filter'): FaultPlan =>
  (prompt) =>
    prompt.includes('You write one SELECT') && !prompt.includes('<advice>') ? fault : null;

describe('text-to-sql', () => {
  it('mends a column that does not exist from what the database said', async () => {
    plan = first('wrong_column');
    const { run, output, attempts } = await ask('How many orders were placed in May 2026?');
    expect([run.status, output.text]).toEqual(['succeeded', 'Orders: 6.']);
    expect(told(attempts)).toEqual([
      ['first', 'rejected', expect.stringMatching(/^Postgres says: column "placed_on_name" does not exist/)],
      ['revise', 'accepted', null],
    ]);
    expect(attempts[0]?.verdicts.find(({ verdict }) => verdict === 'fail')?.at?.quote).toBe('placed_on_name');
  });

  it('takes no number of rows for a result', async () => {
    plan = (prompt) => (prompt.includes('You tell the result') && !prompt.includes('<advice>') ? 'wrong_amount' : null);
    const { run, output } = await ask('How many orders were placed in October 1999?');
    expect([run.status, output.text]).toEqual(['succeeded', 'Orders: 0.']);
    const { data: steps } = (await engine.call(`/v1/runs/${run.id}/steps`)).body as { data: Step[] };
    expect(told(steps.find(({ step }) => step === 'answer')?.attempts ?? [])).toEqual([
      ['first', 'rejected', expect.stringMatching(/^the (?:number|count) '1' stands in no passage/)],
      ['revise', 'accepted', null],
    ]);
  });

  it('mends a condition that was forgotten, which runs well and is wrong all the same', async () => {
    plan = first('lost_filter');
    const { output, attempts } = await ask('How many customers live in France?');
    expect(output).toEqual({ text: 'Customers: 1.', sql: "select count(*) as customers from reports.customers where country = 'France'" });
    expect(told(attempts).map(([remedy, outcome]) => [remedy, outcome])).toEqual([
      ['first', 'rejected'],
      ['revise', 'accepted'],
    ]);
  });

  it('a number that the table does not hold is not told', async () => {
    plan = (prompt) => (prompt.includes('You tell the result') && !prompt.includes('<advice>') ? 'wrong_amount' : null);
    const { output } = await ask('How many customers live in Denmark?');
    expect(output.text).toBe('Customers: 1.');
  });

  it('without the database it goes nowhere, and the record says which setting is missing', async () => {
    await engine.restartWorker({ TRIMTAB_DEMO_MODEL_URL: model.base_url, ...shop.env, TRIMTAB_SQL_URL: '' });
    const { run } = await ask('How many customers live in Sweden?');
    const steps = (await engine.call(`/v1/runs/${run.id}/steps`)).body.data as Step[];
    expect(run.status).toBe('failed');
    expect(JSON.stringify(steps)).toContain('set TRIMTAB_SQL_URL');
  });
});
