import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startChild, type Child } from '../stack/child.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const project = fileURLToPath(new URL('../projects/batch/', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let folder: string;
let env: Record<string, string>;
/** The next answers of the writer to a question; unscripted, or used up: a good draft. */
const scripts = new Map<string, Scripted[]>();

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
const asked = (question: string) => provider.calls.filter((call) => questionOf(call) === question);

function say(call: ProviderCall): Scripted {
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const question = questionOf(call);
  if (question === 'never') return { text: 'no JSON' };
  return (
    scripts.get(question)?.shift() ?? { text: JSON.stringify({ text: question === 'number' ? '15 days' : `Answer to ${question} [1].` }) }
  );
}

beforeAll(async () => {
  [provider, desk, folder] = await Promise.all([startProviderServer(say), startDesk(), mkdtemp(join(tmpdir(), 'trimtab-eval-'))]);
  engine = await testEngine({
    configFile: `${project}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
  env = { ...engine.env, TRIMTAB_URL: engine.url, TRIMTAB_API_KEY: await engine.key(['runs:read', 'runs:write']) };
});
afterAll(async () => {
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

const evaluating = (...command: string[]): Child => startChild(['eval', ...command], { cwd: project, env });
async function evaluated(...command: string[]): Promise<{ code: number | null; said: string }> {
  const child = evaluating(...command);
  const { code } = await child.ended;
  return { code, said: child.said() };
}
async function casesFile(name: string, cases: unknown[]): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  await writeFile(path, cases.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'));
  return path;
}
const asking = (name: string, question: string, holds: object = {}) => ({ name, input: { question }, holds });
/** What `--json` prints, behind the words on stderr, of which there are none. */
const reportOf = ({ said }: { said: string }) => JSON.parse(said);

it("runs the cases of the chain's folder, and says what passed, what it took, what was healed and what came instead", async () => {
  scripts.set('broken first', [{ text: 'no JSON' }]);
  const { code, said } = await evaluated('answers');
  expect(said).toContain('3 of 4 cases passed: 75.0 %, 95 % interval 30.1 to 95.4');
  expect(said).toMatch(/cost \$0\.00\d+ {3}6 attempts \(1\.5 a case\) {3}720 tokens/);
  expect(said).toMatch(/first draft accepted +2 +1\n/);
  expect(said).toMatch(/healed by reask +1 +1 +invalid 1\n/);
  expect(said).toMatch(/failed +1 +1 +invalid 2\n/);
  expect(said).toMatch(/✗ wrong number {2}line 4, trimtab show run_\w+\n {4}expected the answer to say "5 days"\n {4}got {6}"15 days"\n/);
  expect(said).toContain('expected text to be "5 days"');
  expect(said).toContain('3 of 4 is less than --min 1');
  expect(code).toBe(1);
});

it('ends with 0 where enough passed; its runs carry the evaluation, so that lists tell them apart', async () => {
  const report = reportOf(await evaluated('answers', '--min', '0.75', '--concurrency', '1', '--json'));
  expect(report).toMatchObject({ chain: 'answers', judged: 4, passed: 3, pass_rate: 0.75, min: 0.75, interrupted: false });
  expect(report.results.map(({ line, passed }: { line: number; passed: boolean }) => [line, passed])).toEqual([
    [1, true],
    [2, true],
    [4, false],
    [5, true],
  ]);
  const { body } = await engine.call(`/v1/runs/${report.results[2].run_id}`);
  expect(body.metadata).toEqual({ evaluation: report.evaluation, case: 'wrong number', line: 4 });
  const list = startChild(['runs', '--limit', '4'], { cwd: project, env });
  await list.ended;
  expect(list.said()).toContain(`${report.evaluation}: wrong number`);
  expect((await evaluated('answers', '--min', '0.75', '--only', 'HEAL')).said).toContain('1 of 1 cases passed');
  expect((await evaluated('answers', '--min', '0.76')).code).toBe(1);
});

it('judges a case that waits for a person by what is proposed, and takes it out of the queue', async () => {
  const file = await casesFile('people', [asking('proposed', 'person 1', { waits_at: 'approve', says: ['Answer to person 1'] })]);
  const { code, said } = await evaluated('tickets', '--cases', file);
  expect(said).toContain('1 of 1 cases passed');
  expect(code).toBe(0);
  await until(async () => (await engine.call('/v1/reviews?status=pending')).body.data.length === 0);
  const kept = reportOf(await evaluated('tickets', '--cases', file, '--keep', '--json'));
  const { data } = (await engine.call('/v1/reviews?status=pending')).body;
  expect(data.map((review: { run_id: string }) => review.run_id)).toEqual([kept.results[0].run_id]);
});

it('never says that an unknown cost is nothing', async () => {
  scripts.set('no usage', [{ text: JSON.stringify({ text: 'fine' }), usage: null }]);
  const file = await casesFile('cost', [asking('one', 'no usage'), asking('two', 'with usage')]);
  const first = reportOf(await evaluated('answers', '--cases', file, '--json'));
  expect(first).toMatchObject({ cost_usd: null, unknown_cost_calls: 1, passed: 2 });
  scripts.set('no usage', [{ text: JSON.stringify({ text: 'fine' }), usage: null }]);
  expect((await evaluated('answers', '--cases', file)).said).toContain('cost unknown ($0.00014 and 1 call without a price)');
});

it('says on Ctrl-C what is there so far, and cancels what runs', async () => {
  scripts.set('held', [{ text: JSON.stringify({ text: 'late' }), hold: new Promise(() => undefined) }]);
  const file = await casesFile('held', [
    asking('quick', 'quick one', { says: ['quick'] }),
    asking('slow', 'held'),
    asking('last', 'not begun'),
  ]);
  const child = evaluating('answers', '--cases', file, '--concurrency', '1');
  await child.until('1 of 3  passed  quick');
  await until(async () => asked('held').length === 1);
  const { code } = await child.end('SIGINT');
  expect(code).toBe(1);
  expect(child.said()).toContain('1 of 1 cases passed: 100.0 %, 95 % interval 20.7 to 100.0  stopped before 2 of 3 were judged');
  expect(asked('not begun')).toHaveLength(0);
  const { data } = (await engine.call('/v1/runs?q=held')).body;
  await until(async () => (await engine.call(`/v1/runs/${data[0].id}`)).body.status === 'cancelled');
});

it('does not act on the world without being told to', async () => {
  const file = await casesFile('effects', [asking('one', 'tell them')]);
  const refused = await evaluated('pushy', '--cases', file);
  expect(refused.said).toContain("'pushy' acts on the world in its step 'tell' and asks nobody before");
  expect([refused.code, asked('tell them').length, desk.requests.length]).toEqual([2, 0, 0]);
  expect((await evaluated('pushy', '--cases', file, '--effects')).code).toBe(0);
  expect(desk.requests).toHaveLength(1);
});

it.concurrent.each<[string, string[], number, RegExp, unknown[]?]>([
  ['an unknown chain', ['anwers'], 1, /there is no chain 'anwers'[^]*Did you mean answers\?/],
  ['a chain without cases', ['tickets'], 2, /there is no .*tickets\/cases\.jsonl; write one, or say which cases: --cases FILE/],
  ['a share in percent', ['answers', '--min', '80'], 2, /--min 80 is no share: give a number from 0 to 1, like 0\.8/],
  [
    'a step that asks nobody',
    ['tickets'],
    2,
    /line 1: waits_at: no step 'send' asks a person; there are draft, approve/,
    [asking('a', 'b', { waits_at: 'send' })],
  ],
  ['an input that does not fit', ['answers'], 2, /cases\.jsonl, line 2: input\.question: /, [asking('a', 'fits'), asking('b', '')]],
])('refuses %s in one sentence', async (name, command, code, words, cases) => {
  const at = cases === undefined ? [] : ['--cases', await casesFile(`${name.replaceAll(' ', '-')}-cases`, cases)];
  const refused = await evaluated(...command, ...at);
  expect(refused.said).toMatch(words);
  expect(refused.said).not.toMatch(/\n\s+at /);
  expect(refused.code).toBe(code);
  expect(asked('fits')).toHaveLength(0);
});
