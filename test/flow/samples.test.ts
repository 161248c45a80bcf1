import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Step } from '../../src/shapes/step.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/samples/trimtab.config.ts', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
/** What the model says to a question, call by call. */
const script = new Map<string, Scripted[]>();

const textOf = (call: ProviderCall): string => call.messages.map((message) => message.content).join('\n');
const questionOf = (call: ProviderCall): string => /<question>(.*?)<\/question>/.exec(textOf(call))?.[1] ?? '';
const asked = (question: string, model: string) => provider.calls.filter((call) => questionOf(call) === question && call.model === model);
const start = async (chain: string, question: string, answers: Scripted[]): Promise<string> => {
  script.set(question, answers);
  return (await engine.call(`/v1/chains/${chain}/runs`, { body: { input: { question } } })).body.id;
};
const become = (id: string, status: string) =>
  until(async () => {
    const now = (await engine.call(`/v1/runs/${id}`)).body;
    return now.status === status && now;
  });
const attemptsOf = async (id: string): Promise<Step['attempts']> => (await engine.call(`/v1/runs/${id}/steps`)).body.data[0].attempts;
const label = (text: string, why = ''): Scripted => ({ text: JSON.stringify({ label: text, why }) });
const taste = (call: ProviderCall): Scripted => {
  const score = Number(/worth (\d\.\d)/.exec(textOf(call))?.[1]);
  return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null, score }) };
};

beforeAll(async () => {
  provider = await startProviderServer(
    (call) => (call.model === 'judge-1' ? taste(call) : script.get(questionOf(call))?.shift()) ?? { text: 'no script' },
  );
  engine = await testEngine({ configFile, env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test' } });
});
afterAll(() => provider.stop());

it('puts an answer to the vote: every sample is an attempt of its own, and the record says how the vote went', async () => {
  const id = await start('labels', 'vote', [label('Spam', 'one'), label('ham'), label('spam', 'three'), label('SPAM')]);
  expect((await become(id, 'succeeded')).output.label.toLowerCase()).toBe('spam');
  const attempts = await attemptsOf(id);
  expect(attempts).toHaveLength(4);
  expect(attempts.map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', 'sampled', 'sampled', 'sampled']);
  expect(attempts.map(({ answer }) => answer)).toEqual([1, 2, 3, 4]);
  const won = attempts.find(({ outcome }) => outcome === 'accepted');
  expect(won?.verdicts.map(({ critic, verdict, reason }) => ({ critic, verdict, reason }))).toEqual([
    { critic: 'schema', verdict: 'pass', reason: '' },
    { critic: 'vote', verdict: 'pass', reason: '3 of 4 answers agree (3 : 1)' },
  ]);
  expect(asked('vote', 'writer-1')).toHaveLength(4);
});

it('asks a person where no answer is far enough ahead, with the one that leads', async () => {
  const id = await start('labels', 'split', [label('a'), label('b'), label('a'), label('b'), label('a'), label('c')]);
  const { review_id } = await become(id, 'waiting');
  const review = (await engine.call(`/v1/reviews/${review_id}`)).body;
  expect(review).toMatchObject({ step: 'label', value: { label: 'a' } });
  expect(review.verdicts.find((verdict: { critic: string }) => verdict.critic === 'vote')).toMatchObject({ verdict: 'unsure' });
});

it('draws again what the provider could not give, and pays for no other a second time', async () => {
  const id = await start('labels', 'trouble', [{ status: 503 }, label('a'), label('a')]);
  expect(await become(id, 'succeeded')).toMatchObject({ output: { label: 'a' } });
  expect((await attemptsOf(id)).map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', 'overloaded', 'sampled']);
  expect(asked('trouble', 'writer-1')).toHaveLength(3);
});

it('parks the run where the key of a vote throws, and says so', async () => {
  const id = await start('labels', 'key', [label('odd'), label('odd')]);
  expect(await become(id, 'blocked')).toMatchObject({
    error: { code: 'chain_error', message: "the key of the vote in step 'label' threw: no key for that" },
  });
});

it('lets a judge look at several drafts, and goes on with the one it likes best', async () => {
  const letter = (worth: string): Scripted => ({ text: JSON.stringify({ text: `A letter worth ${worth}.` }) });
  const id = await start('letters', 'best', [letter('0.2'), letter('0.9'), letter('0.5')]);
  expect(await become(id, 'succeeded')).toMatchObject({ output: { text: 'A letter worth 0.9.' } });
  const attempts = await attemptsOf(id);
  expect(attempts.map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', 'sampled', 'sampled']);
  expect(attempts.flatMap(({ calls }) => calls.map(({ call }) => call))).toEqual(Array(3).fill('critic/taste/1'));
  expect(asked('best', 'judge-1')).toHaveLength(3);
});
