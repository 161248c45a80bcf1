import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTurn, runChain, type ScriptedModel } from 'trimtab/testing';
import { tickets } from '../projects/tickets/definition.ts';
import { tickets as workflow } from '../projects/tickets/workflow.ts';

const folder = fileURLToPath(new URL('../projects/tickets/', import.meta.url));
const pass = { output: { verdict: 'pass', reason: '', at: null, blames: null, missing: null } };
const fail = { output: { verdict: 'fail', reason: 'not in the passages', at: 'fee', blames: 'facts', missing: 'the fee' } };
const draft = (text: string) => ({ output: { text } });
const run = (models: Record<string, ScriptedModel>, people = inTurn({ decision: 'reject', reason: 'no' })) =>
  runChain(tickets, workflow, { folder, input: { question: 'q' }, models, people });

describe('trimtab/testing', () => {
  it('runs a chain without servers, through its real prompts, checks and ladder', async () => {
    const result = await run(
      { writer: [draft('rude'), draft('kind [1]')], judge: [pass] },
      inTurn({ decision: 'edit', value: { text: 'mine' } }),
    );
    expect(
      result.calls.filter((call) => call.step === 'draft').map(({ attempt, call, remedy, outcome }) => [attempt, call, remedy, outcome]),
    ).toEqual([
      [1, 'draft', 'first', 'fail'],
      [2, 'draft', 'revise', 'pass'],
      [2, 'critic/grounded/1', 'first', 'pass'],
    ]);
    expect(result.sent['writer']?.[1]?.at(-1)?.content).toContain('be polite');
    expect(result.questions.map(({ request }) => request.value)).toEqual([{ text: 'kind [1]' }]);
    // The effect of the test project needs a desk, and there is none.
    expect(result).toMatchObject({ status: 'blocked', error: { code: 'effect_failed', step: 'send' } });
  });

  it('goes back to the step to blame', async () => {
    const result = await run({ writer: [draft('fee? [1]'), draft('the fee [3]')], judge: [fail, pass] });
    expect(result.calls.filter((call) => call.step === 'facts').map(({ occurrence, remedy }) => [occurrence, remedy])).toEqual([
      [1, 'first'],
      [2, 'backtrack'],
    ]);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'rejected_by_person' } });
  });

  it('names the role nobody plays', async () => {
    await expect(run({ writer: [draft('a [1]')] })).rejects.toThrow("no model plays 'judge'");
  });
});
