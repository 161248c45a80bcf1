import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inTurn, runChain, type ScriptedModel } from 'trimtab/testing';
import { researchAnswer } from '../../chains/research-answer/definition.ts';
import { researchAnswer as researchWorkflow } from '../../chains/research-answer/workflow.ts';
import { supportReply } from '../../chains/support-reply/definition.ts';
import { supportReply as supportWorkflow } from '../../chains/support-reply/workflow.ts';
import { startHelpDesk } from '../../runtime/demo/help-desk.ts';
import { startWikipediaServer } from '../../testing/wikipedia-server.ts';

const chains = join(import.meta.dirname, '../../chains');
const home = await mkdtemp(join(tmpdir(), 'trimtab-example-chains-'));
const desk = await startHelpDesk({ folder: home });
const wikipedia = await startWikipediaServer([{ title: 'Erie Canal', extract: 'The Erie Canal opened in 1825 and is 584 km long.' }]);
afterAll(async () => {
  await Promise.all([desk.stop(), wikipedia.close()]);
  await rm(home, { recursive: true, force: true });
});

const says = (text: string) => ({ output: { text } });
const judged = (verdict: 'pass' | 'fail', more: { blames?: string; missing?: string } = {}) => ({
  output: { verdict, reason: 'as scripted', at: null, blames: null, missing: null, ...more },
});
const passage = (id: string, text: string) => ({ id, source: 'knowledge', title: id, text, at: '2026-01-01', trust: 'ours' as const });
const returns = passage('returns', 'You can return a grinder within 30 days.');
const shipping = passage('shipping', 'Sending a grinder back costs €4.');

const ticket = { id: 'T-1', from: 'ines@post.example', subject: 'Return', body: 'Can I send my grinder back, and what does it cost?' };
const support = (models: Record<string, ScriptedModel>, people = inTurn({ decision: 'approve' })) =>
  runChain(supportReply, supportWorkflow, {
    folder: join(chains, 'support-reply'),
    input: ticket,
    models,
    people,
    services: {
      knowledge: async (query) => (query.includes('cost of sending back') ? [shipping] : [returns]),
      endpoint: (name) => (name === 'helpdesk' ? desk.url : undefined),
    },
  });
const good = says('You can return a grinder within 30 days [1].');

describe('support-reply with scripted models', () => {
  it('heals what a rule rejects, and sends the words of the person who edited, without citations', async () => {
    const result = await support(
      { writer: [says('You can return a grinder within 60 days [1].'), good], judge: [judged('pass')] },
      inTurn({ decision: 'edit', value: { text: 'Within 30 days, of course [1].' } }),
    );
    expect(result).toMatchObject({ status: 'succeeded', output: { to: ticket.from } });
    const drafts = result.calls.filter(({ step, call }) => step === 'draft' && call === 'draft');
    expect(drafts.map(({ remedy, outcome }) => [remedy, outcome])).toEqual([
      ['first', 'fail'],
      ['revise', 'pass'],
    ]);
    expect(drafts[0]?.verdicts.find(({ verdict }) => verdict === 'fail')?.at?.quote).toContain('60');
    expect(result.questions).toMatchObject([{ status: 'decided', request: { step: 'approve', value: good.output } }]);
    const replies = JSON.stringify(await (await fetch(new URL('/replies', desk.url))).json());
    expect(replies).toContain('Within 30 days, of course.');
    expect(replies).not.toContain('[1]');
  });

  it('searches again for what the judge misses, and the next draft sees it', async () => {
    const result = await support({
      writer: [good, says('You can return a grinder within 30 days [1]. Sending a grinder back costs €4 [2].')],
      judge: [judged('fail', { blames: 'facts', missing: 'cost of sending back' }), judged('pass')],
    });
    expect(result.status).toBe('succeeded');
    const facts = result.calls.filter(({ step }) => step === 'facts');
    expect(facts.map(({ remedy }) => remedy)).toEqual(['first', 'backtrack']);
    expect(facts.map(({ output }) => (output as { id: string }[]).map(({ id }) => id))).toEqual([['returns'], ['returns', 'shipping']]);
    expect(result.sent['writer']?.at(-1)?.at(-1)?.content).toContain(shipping.text);
  });

  it('asks the queue when nothing that the models say gets past the checks', async () => {
    const bad = says('You can return a grinder within 60 days [1].');
    const result = await support(
      { writer: [bad, says('Within 61 days [1].')], 'writer-large': [says('Within 62 days [1].')], judge: [judged('pass')] },
      inTurn({ decision: 'reject', reason: 'call them' }),
    );
    expect(result.questions[0]?.request).toMatchObject({ step: 'draft', queue: 'support' });
    expect(result).toMatchObject({ status: 'failed', output: null });
  });

  it('fails by name when the test lends no knowledge, though a chain goes on without a source', async () => {
    const lent = runChain(supportReply, supportWorkflow, {
      folder: join(chains, 'support-reply'),
      input: ticket,
      models: { writer: [good] },
    });
    await expect(lent).rejects.toThrow('this test lends no knowledge');
  });
});

it('research-answer goes on with Wikipedia when Google has no key', async () => {
  const result = await runChain(researchAnswer, researchWorkflow, {
    folder: join(chains, 'research-answer'),
    input: { question: 'When was the Erie Canal opened?' },
    // First the claim, without the draft; then the draft.
    models: {
      writer: [says('The Erie Canal opened in 1825 [1].')],
      judge: [{ output: { answers: [{ n: 1, answer: '1825', passage: 1 }] } }, judged('pass')],
    },
    services: { endpoint: (name) => (name === 'wikipedia' ? wikipedia.url : undefined) },
  });
  expect(result).toMatchObject({ status: 'succeeded', output: { text: 'The Erie Canal opened in 1825 [1].' } });
  expect(result.calls.map(({ step, call }) => [step, call])).toEqual([
    ['sources', 'draft'],
    ['answer', 'draft'],
    ['answer', 'critic/factored-claims/1'],
    ['answer', 'critic/supported/1'],
  ]);
});

it('the example in docs/testing.md is the test that runs here', async () => {
  const docs = await readFile(join(import.meta.dirname, '../../docs/testing.md'), 'utf8');
  const test = await readFile(join(import.meta.dirname, 'grounded-answer-example.test.ts'), 'utf8');
  const beside = test
    .replaceAll('../../chains/grounded-answer/', './')
    .replace('const folder = `${import.meta.dirname}/../../chains/grounded-answer`;\n', '')
    .replace('    folder,\n', '    folder: import.meta.dirname, // its prompts are read from prompts/ in it\n');
  expect(docs).toContain(`\`\`\`ts\n${beside}\`\`\``);
});
