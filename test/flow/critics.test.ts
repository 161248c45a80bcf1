import {
  backtrack,
  defineChain,
  factoredClaims,
  fail,
  generate,
  gradeRetrieval,
  knowledge,
  Passage,
  relevantEvidence,
  Reply,
  retrieve,
  revise,
} from 'trimtab';
import { workflow } from 'trimtab/workflow';
import { runChain, type ScriptedModel } from 'trimtab/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const passage = (id: string, text: string) => ({ id, source: 'knowledge', title: id, text, at: '2026-01-01', trust: 'ours' as const });
const returns = passage('returns', 'You can return a grinder within 30 days. The label costs €6.90.');
const Question = z.object({ question: z.string() });
const folder = `${import.meta.dirname}/no-prompts`;
const template = '{% passages found %}\n<question>{{ question }}</question>';
const says = (text: string) => ({ output: { text } });

const answering = defineChain({
  input: Question,
  output: Reply,
  budget: { attempts: 10, within: '10 minutes', tokens: 100_000 },
  steps: {
    facts: retrieve({ input: Question, from: [knowledge({ collection: 'default' })] }),
    answer: generate({
      input: z.object({ question: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'answer',
      template,
      critics: [factoredClaims()],
      ladder: [revise(1), backtrack('facts'), fail()],
    }),
  },
});
const answered = workflow<typeof answering>(async ({ question }, { facts, answer }) =>
  answer({ question, found: await facts({ question }) }),
);
const asking = (models: Record<string, ScriptedModel>) =>
  runChain(answering, answered, {
    folder,
    input: { question: 'How long, and for how much?' },
    models,
    services: { knowledge: async () => [returns] },
  });
const answers = (...said: [number, string, (number | null)?][]) => ({
  output: { answers: said.map(([n, answer, passage = 1]) => ({ n, answer, passage })) },
});
const verdictsOf = (result: Awaited<ReturnType<typeof asking>>, turn = 0) =>
  result.calls
    .filter(({ call }) => call.startsWith('critic/'))
    .at(turn)
    ?.verdicts.map(({ verdict, reason, at, evidence }) => ({ verdict, reason, at: at?.quote, evidence }));

describe('claims that are answered without the draft', () => {
  const draft = 'A grinder can be returned within 60 days [1]. The label costs €6.90 [1]. It goes back to the warehouse [1].';
  const mended = 'A grinder can be returned within 30 days [1]. The label costs €6.90 [1].';

  it('catch a figure that the evidence gives otherwise, and what it does not tell; the mended draft passes', async () => {
    const result = await asking({
      writer: [says(draft), says(mended)],
      judge: [answers([1, '30 days'], [2, '€6.90'], [3, 'not told', null]), answers([1, '30'], [2, '6.90 EUR'])],
    });
    expect(result).toMatchObject({ status: 'succeeded', output: { text: mended } });
    expect(verdictsOf(result)).toEqual([
      {
        verdict: 'fail',
        reason: "asked without this answer, the passages give '30 days' where it says '60'",
        at: 'A grinder can be returned within 60 days [1].',
        evidence: ['returns'],
      },
      expect.objectContaining({ verdict: 'fail', reason: expect.stringContaining('do not tell it: "It goes back to the warehouse') }),
    ]);
    expect(verdictsOf(result, 1)).toEqual([expect.objectContaining({ verdict: 'pass' })]);
    expect(result.calls.map(({ call, remedy }) => [call, remedy])).toEqual([
      ['draft', 'first'],
      ['draft', 'first'],
      ['critic/factored-claims/1', 'first'],
      ['draft', 'revise'],
      ['critic/factored-claims/1', 'first'],
    ]);
  });

  it('show the model neither the figures of the draft nor what it cites', async () => {
    const result = await asking({ writer: [says(draft), says(mended)], judge: [answers([1, '30 days'], [2, '€6.90'], [3, 'no'])] });
    const asked = result.sent['judge']?.[0]?.at(-1)?.content ?? '';
    expect(asked).toContain('<question n="1" kind="gap">A grinder can be returned within ____ days.</question>');
    expect(asked).toContain('<question n="3" kind="statement">It goes back to the warehouse.</question>');
    expect(asked).not.toMatch(/60|\[1\]/);
    expect(verdictsOf(result)?.map(({ reason }) => reason)).toContain('asked by itself, the passages do not say this');
  });

  it('pass nothing that is not answered, or answered in another form', async () => {
    const result = await asking({ writer: [says(mended)], judge: [{ text: 'Sure!' }, answers([2, '€6.90'])] });
    expect(result.status).toBe('failed');
    const calls = result.calls.filter(({ call }) => call.startsWith('critic/')).map(({ call, outcome }) => [call, outcome]);
    expect(calls.slice(0, 2)).toEqual([
      ['critic/factored-claims/1', 'invalid'],
      ['critic/factored-claims/1', 'unsure'],
    ]);
  });

  it('cost nothing where a draft claims nothing', async () => {
    const result = await asking({ writer: [says('I cannot answer that from the documents.')] });
    expect(result.status).toBe('succeeded');
    expect(result.sent['judge']).toBeUndefined();
    expect(result.calls.at(-1)).toMatchObject({ call: 'critic/factored-claims/1', outcome: 'pass', output: null });
  });
});

describe('a search that is graded before anybody writes', () => {
  const grading = defineChain({
    input: Question,
    output: z.object({ used: z.array(z.string()) }),
    budget: { attempts: 10, within: '10 minutes', tokens: 100_000 },
    steps: { facts: retrieve({ input: Question, from: [knowledge({ collection: 'default' })] }), grade: gradeRetrieval({ of: 'facts' }) },
  });
  const graded = workflow<typeof grading>(async ({ question }, { facts, grade }) => {
    const found = await facts({ question });
    const { grades } = await grade({ question, found });
    return { used: found.filter((_, index) => grades.some(({ n, grade }) => n === index + 1 && grade !== 'nothing')).map(({ id }) => id) };
  });
  const grades = (missing: string | null, ...given: string[]) => ({
    output: { grades: given.map((grade, index) => ({ n: index + 1, grade })), missing },
  });
  const searching = async (judge: ScriptedModel) => {
    const queries: string[] = [];
    const result = await runChain(grading, graded, {
      folder,
      input: { question: 'What does the label cost?' },
      models: { judge },
      services: {
        async knowledge(query) {
          queries.push(query);
          return query.includes('return label') ? [returns] : [passage('beans', 'Beans are fresh.')];
        },
      },
    });
    return { ...result, queries, remedies: result.calls.map(({ step, remedy, outcome }) => [step, remedy, outcome]) };
  };

  it('uses what is correct at once', async () => {
    const result = await searching([grades(null, 'correct')]);
    expect(result).toMatchObject({ status: 'succeeded', output: { used: ['beans'] }, queries: ['What does the label cost?'] });
  });

  it('searches again for what is missing when nothing is about the question, and grades what both searches found', async () => {
    const result = await searching([grades('price of a return label', 'nothing'), grades(null, 'nothing', 'correct')]);
    expect(result).toMatchObject({ status: 'succeeded', output: { used: ['returns'] } });
    expect(result.queries).toContain('price of a return label');
    expect(result.remedies).toEqual([
      ['facts', 'first', 'pass'],
      ['grade', 'first', 'fail'],
      ['facts', 'backtrack', 'pass'],
      ['grade', 'first', 'pass'],
    ]);
  });

  it('goes on with what touches the question when another search finds no more', async () => {
    const result = await searching([grades('return label', 'ambiguous'), grades('return label', 'ambiguous', 'nothing')]);
    expect(result).toMatchObject({ status: 'succeeded', output: { used: ['beans'] } });
    expect(result.calls.filter(({ step }) => step === 'facts')).toHaveLength(2);
  });

  it('has a passage without a grade, or a grade without a passage, mended', async () => {
    const result = await searching([grades(null), grades(null, 'correct', 'correct'), grades(null, 'correct')]);
    expect(result.calls.filter(({ step }) => step === 'grade').map(({ remedy, verdicts }) => [remedy, verdicts.at(-1)?.reason])).toEqual([
      ['first', 'passage 1 has no grade'],
      ['revise', 'there is no passage 2; there are 1'],
    ]);
    expect(result.status).toBe('succeeded');
  });
});

it('a rule sends a search back whose passages are beside the question, with the words that none of them has', async () => {
  const chain = defineChain({
    input: Question,
    output: z.array(Passage),
    budget: { attempts: 5, within: '1 minute' },
    steps: {
      facts: retrieve({
        input: Question,
        from: [knowledge({ collection: 'default' })],
        checks: [relevantEvidence()],
        ladder: [revise(1), fail()],
      }),
    },
  });
  const queries: string[] = [];
  const result = await runChain(
    chain,
    workflow<typeof chain>(async ({ question }, { facts }) => facts({ question })),
    {
      folder,
      input: { question: 'How long can I return a grinder?' },
      models: {},
      services: {
        async knowledge(query) {
          queries.push(query);
          return queries.length === 1 ? [passage('beans', 'Beans stay fresh for six weeks.')] : [returns];
        },
      },
    },
  );
  expect(result.status).toBe('succeeded');
  expect(queries).toContain('long return grinder');
  expect(result.calls.map(({ remedy, outcome }) => [remedy, outcome])).toEqual([
    ['first', 'fail'],
    ['revise', 'pass'],
  ]);
});
