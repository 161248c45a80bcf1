import { describe, expect, it } from 'vitest';
import { parseCases } from '../../src/evaluate/case-file.ts';
import { evaluationOf, type CaseResult } from '../../src/evaluate/evaluation.ts';
import { judgeCase, type Came } from '../../src/evaluate/judge-case.ts';
import { differenceOf } from '../../src/evaluate/matches.ts';
import { roadOf } from '../../src/evaluate/way.ts';
import { Expectation } from '../../src/shapes/case.ts';
import type { Attempt } from '../../src/shapes/attempt.ts';
import type { Step } from '../../src/shapes/step.ts';

const passage = (title: string) => ({ id: title, source: 'knowledge', title, text: '', at: '2026-01-01', trust: 'ours' as const });
const said = (value: unknown, more: Partial<Came> = {}): Came => ({
  status: 'succeeded',
  waits_at: null,
  value,
  error: null,
  passages: [passage('Returns: how'), passage('Delivery')],
  ...more,
});
const wrong = (holds: unknown, came: Came): string[] => judgeCase(Expectation.parse(holds), came).map(({ expected }) => expected);
const text = { text: 'You have 15 days and pay €7.50, from 5 to 8 o’clock [2].' };

describe('what must hold of an answer', () => {
  it.each([
    ['a phrase that stands there', { says: ['You have 15 days'] }, text, []],
    ['a number inside a longer one', { says: ['5 days'] }, text, ['the answer to say "5 days"']],
    ['a whole number of a decimal', { says: ['7', '8'] }, text, ['the answer to say "7"']],
    ['spaces and lines as they fall', { says: ['one two'] }, { text: 'one\n two' }, []],
    ['signs of a pattern as they are', { says: ['(a+b)*'] }, { text: 'it is (a+b)*' }, []],
    ['a phrase that must not be there', { never_says: ['15 days'] }, text, ['the answer never to say "15 days"']],
    ['a number that only looks like one that must not be there', { never_says: ['5 days'] }, text, []],
    ['words of a value without a text', { says: ['"total":3'] }, { total: 3 }, []],
    ['a silence that was wanted', { abstains: true }, { text: 'I cannot answer that from the documents.' }, []],
    [
      'a silence that was not',
      { abstains: false },
      { text: 'I cannot answer that from the documents.' },
      ['an answer that states something'],
    ],
    ['an answer in place of a silence', { abstains: true }, text, ['an answer that states nothing, such as "I cannot answer that"']],
    [
      'a bare number in place of a silence',
      { abstains: true },
      { text: 'Orders: 6.' },
      ['an answer that states nothing, such as "I cannot answer that"'],
    ],
    ['a source by its title', { sources: ['Delivery'] }, text, []],
    ['one source of several', { sources: ['Returns', 'Delivery'] }, text, []],
    ['a source that was shown and not cited', { sources: ['Returns'] }, text, ['a citation of "Returns"']],
    [
      'a language',
      { language: 'de' },
      { text: 'Der Versand nach Österreich kostet neun Euro und dauert drei Tage, wenn nichts dazwischen kommt.' },
      [],
    ],
    [
      'another language',
      { language: 'en' },
      { text: 'Der Versand nach Österreich kostet neun Euro und dauert drei Tage, wenn nichts dazwischen kommt.' },
      ["an answer in 'en'"],
    ],
    ['a part of the value', { output: { text: text.text } }, { ...text, more: 1 }, []],
    ['nothing at all, of any answer', {}, text, []],
  ])('%s', (_name, holds, value, expected) => {
    expect(wrong(holds, said(value))).toEqual(expected);
  });

  it('is judged of what is proposed where the run waits, and of nothing where it ended otherwise', () => {
    const waits = said(text, { status: 'waiting', waits_at: 'approve' });
    expect(wrong({ waits_at: 'approve', says: ['15 days'] }, waits)).toEqual([]);
    expect(wrong({ waits_at: 'draft' }, waits)).toEqual(["the run to wait for a person at 'draft'"]);
    expect(wrong({ ends: 'succeeded' }, waits)).toEqual(['the run to end succeeded']);
    expect(wrong({ says: ['15 days'] }, waits)).toEqual([]);
    const failed = said(null, { status: 'failed', error: 'the ladder is exhausted' });
    expect(judgeCase(Expectation.parse({ says: ['x'] }), failed)).toEqual([
      { expected: 'an answer', got: 'it is failed: the ladder is exhausted' },
    ]);
    expect(wrong({ ends: 'failed', says: ['x'] }, failed)).toEqual([]);
    expect(wrong({}, said(null, { status: 'blocked', error: 'no key' }))).toEqual(['an answer']);
  });
});

describe('an expected value', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: 2 }, null],
    [{ a: { b: [1] } }, { a: { b: [2] } }, 'a.b to hold 1'],
    [{ a: null }, {}, 'a to be null'],
    [[{ id: 1 }, { id: 2 }], [{ id: 2 }, { id: 1 }], null],
    [[], [1], 'the answer to hold nothing'],
    [[1], [1, 2], 'the answer to hold just [1]'],
    // The wide one must not take the only place of the narrow one.
    [[{}, { id: 1 }], [{ id: 1 }, { id: 2 }], null],
    [[{ id: 1 }, { id: 1 }], [{ id: 1 }, { id: 2 }], 'the answer to hold just [{"id":1},{"id":1}]'],
    ['1', 1, 'the answer to be "1"'],
    [{ a: 1 }, [1], 'the answer to be {"a":1}'],
  ])('%j of %j', (expected, got, difference) => {
    expect(differenceOf(expected, got)?.expected ?? null).toBe(difference);
  });
});

describe('a file of cases', () => {
  it('is read with its line numbers; empty lines count', () => {
    const cases = parseCases('\uFEFF{"name":"a","input":1,"holds":{}}\n\n{"name":"b","input":null,"holds":{"says":["x"]}}\n', 'f');
    expect(cases.map(({ name, line }) => [name, line])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
    expect('output' in (cases[0]?.holds ?? {})).toBe(false);
  });

  it.each([
    ['', 'f has no cases'],
    ['{"name":"a"', 'f, line 1 is not JSON'],
    ['\n[]', 'f, line 2: '],
    ['{"input":1,"holds":{}}', 'f, line 1: name'],
    ['{"name":"a","holds":{}}', 'f, line 1: input is missing'],
    ['{"name":"a","input":1}', 'f, line 1: holds'],
    ['{"name":"a","input":1,"holds":{"say":["x"]}}', 'f, line 1: holds: unrecognized key: "say"'],
    ['{"name":"a","input":1,"holds":{"says":"x"}}', 'f, line 1: holds.says'],
    ['{"name":"a","input":1,"holds":{"says":[""]}}', 'f, line 1: holds.says.0'],
    ['{"name":"a","input":1,"holds":{"ends":"well"}}', 'f, line 1: holds.ends'],
    ['{"name":"a","input":1,"holds":{}}\n{"name":"a","input":2,"holds":{}}', "f, line 2: 'a' is the name of the case on line 1, too"],
  ])('%s is refused in one sentence', (text, words) => {
    expect(() => parseCases(text, 'f')).toThrow(words);
  });
});

const attempt = (remedy: string, outcome: string, critics: string[] = []): Attempt =>
  ({ remedy, outcome, verdicts: critics.map((critic) => ({ critic, verdict: 'fail' })) }) as unknown as Attempt;
const step = (kind: string, ...attempts: Attempt[]): Step => ({ kind, attempts }) as unknown as Step;
const succeeded = { status: 'succeeded', asked: null };

describe('how a run came to its answer', () => {
  it.each([
    ['first', succeeded, [step('generate', attempt('first', 'accepted'))]],
    ['revise', succeeded, [step('generate', attempt('first', 'rejected', ['numbers']), attempt('revise', 'accepted'))]],
    ['retry', succeeded, [step('generate', attempt('first', 'overloaded'), attempt('retry', 'accepted'))]],
    [
      'backtrack',
      succeeded,
      [
        step('generate', attempt('first', 'rejected', ['grounded'])),
        step('retrieve', attempt('backtrack', 'accepted')),
        step('generate', attempt('first', 'invalid'), attempt('reask', 'accepted')),
      ],
    ],
    ['first', succeeded, [step('generate', attempt('first', 'sampled'), attempt('first', 'sampled'), attempt('first', 'accepted'))]],
    [
      'best_of',
      succeeded,
      [step('generate', attempt('first', 'rejected', ['numbers']), attempt('best_of', 'sampled'), attempt('best_of', 'accepted'))],
    ],
    ['best', succeeded, [step('generate', attempt('first', 'rejected', ['numbers']), attempt('revise', 'accepted_under_exhaustion'))]],
    ['first', succeeded, [step('retrieve', attempt('first', 'accepted_under_exhaustion')), step('generate', attempt('first', 'accepted'))]],
    ['person', { status: 'waiting', asked: 'human' as const }, [step('generate', attempt('revise', 'rejected', ['numbers']))]],
    ['first', { status: 'waiting', asked: 'review' as const }, [step('generate', attempt('first', 'accepted'))]],
    ['failed', { status: 'failed', asked: null }, [step('generate', attempt('revise', 'rejected'))]],
  ])('%s', (way, run, steps) => {
    expect(roadOf(run, steps).way).toBe(way);
  });

  it('counts who caught what, once an attempt, and what came instead of an answer', () => {
    const steps = [
      step(
        'generate',
        attempt('first', 'rejected', ['numbers', 'numbers', 'grounded']),
        attempt('revise', 'truncated'),
        attempt('vote', 'sampled'),
        attempt('reask', 'accepted'),
      ),
    ];
    expect(roadOf(succeeded, steps).caught).toEqual({ numbers: 1, grounded: 1, truncated: 1 });
  });
});

describe('an evaluation in numbers', () => {
  const result = (more: Partial<CaseResult> = {}): CaseResult => ({
    name: 'n',
    line: 1,
    run_id: 'run_1',
    status: 'succeeded',
    waits_at: null,
    passed: true,
    differences: [],
    way: 'first',
    caught: {},
    usage: { input_tokens: 10, output_tokens: 5, cost_usd: 0.01, unknown_cost_calls: 0, attempts: 2 },
    demo: false,
    ...more,
  });

  it('has the pass rate with its Wilson interval', () => {
    const results = Array.from({ length: 20 }, (_, n) => result({ passed: n > 0 }));
    const { passed, pass_rate, interval } = evaluationOf(results, 20);
    expect({ passed, pass_rate }).toEqual({ passed: 19, pass_rate: 0.95 });
    // 19 of 20 at 95 %: 0.764 to 0.991 (Newcombe 1998, method 3).
    expect([interval.low.toFixed(3), interval.high.toFixed(3)]).toEqual(['0.764', '0.991']);
    expect(evaluationOf([], 3)).toMatchObject({ cases: 3, judged: 0, pass_rate: 0, interval: { low: 0, high: 1 }, cost_usd: 0 });
  });

  it('adds up cost, attempts and ways; one unknown price makes the sum unknown, never smaller', () => {
    const odd = result({ way: 'revise', passed: false, caught: { numbers: 2 } });
    const known = evaluationOf([result(), odd, result({ way: 'revise', caught: { numbers: 1, form: 1 } })], 3);
    expect(known).toMatchObject({ cost_usd: 0.03, attempts: 6, tokens: 45 });
    expect(known.ways).toEqual([
      { way: 'first', cases: 1, passed: 1, caught: {} },
      { way: 'revise', cases: 2, passed: 1, caught: { numbers: 3, form: 1 } },
    ]);
    const usage = { ...odd.usage, unknown_cost_calls: 3 };
    expect(evaluationOf([result(), result({ usage })], 2)).toMatchObject({ cost_usd: null, known_cost_usd: 0.02, unknown_cost_calls: 3 });
  });
});
