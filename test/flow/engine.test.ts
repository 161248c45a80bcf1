import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
/** What the models say to a question, in turn; `judge` for the critic. Unscripted: a good draft, a pass. */
const scripts = new Map<string, { writer?: Scripted[]; judge?: Scripted[] }>();
const counts = new Map<string, number>();

const draft = (text: string): Scripted => ({ text: JSON.stringify({ text }) });
const verdict = (verdict: 'pass' | 'fail' | 'unsure', more: Record<string, string> = {}): Scripted => ({
  text: JSON.stringify({ verdict, reason: verdict === 'pass' ? '' : 'not so', at: null, blames: null, missing: null, ...more }),
});

function say(call: ProviderCall): Scripted {
  const text = call.messages.map((message) => message.content).join('\n');
  const question = /<question>(.*?)<\/question>/.exec(text)?.[1] ?? '';
  const role = call.model === 'judge-1' ? 'judge' : 'writer';
  const n = counts.get(`${question}/${role}`) ?? 0;
  counts.set(`${question}/${role}`, n + 1);
  return scripts.get(question)?.[role]?.[n] ?? (role === 'judge' ? verdict('pass') : draft(`Good answer to ${question} [1].`));
}

beforeAll(async () => {
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  engine = await testEngine({
    configFile,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test-secret', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
});
afterAll(() => provider.stop());

const start = async (question: string): Promise<string> =>
  (await engine.call('/v1/chains/tickets/runs', { body: { input: { question } } })).body.id;
const run = async (id: string) => (await engine.call(`/v1/runs/${id}`)).body;
const steps = async (id: string) => (await engine.call(`/v1/runs/${id}/steps`)).body.data;
const waiting = (id: string, step = 'approve') =>
  until(async () => {
    const { data } = (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body;
    return data.find((review: { step: string }) => review.step === step);
  });
const decide = (review: { id: string; version: number }, body: Record<string, unknown>) =>
  engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, ...body } });
const ended = (id: string) =>
  until(async () => {
    const now = await run(id);
    return ['succeeded', 'failed', 'cancelled'].includes(now.status) && now;
  });
const callsFor = (question: string, model?: string) =>
  provider.calls.filter(
    (call) =>
      call.messages.some((message) => message.content.includes(`<question>${question}</question>`)) &&
      (model === undefined || call.model === model),
  );

describe('a ticket on the whole engine', () => {
  it('is drafted, judged, approved by a person and sent once; the record says what happened', async () => {
    const id = await start('plain');
    const review = await waiting(id);
    expect(review).toMatchObject({
      queue: 'support',
      value: { text: 'Good answer to plain [1].' },
      context: { input: { question: 'plain' } },
    });
    expect(review.context.passages).toHaveLength(2);
    expect((await run(id)).status).toBe('waiting');
    await decide(review, { decision: 'approve' });
    const done = await ended(id);
    expect(done).toMatchObject({ status: 'succeeded', review_id: null, error: null, usage: { unknown_cost_calls: 0 } });
    expect(done.usage.cost_usd).toBeGreaterThan(0);
    expect(desk.effects.get(done.output.id)).toBe('Good answer to plain [1].');
    const trace = await steps(id);
    expect(trace.map((step: any) => [step.step, step.status, step.attempts.map((attempt: any) => attempt.outcome)])).toEqual([
      ['facts', 'accepted', ['accepted']],
      ['draft', 'accepted', ['accepted']],
      ['approve', 'accepted', []],
      ['send', 'accepted', ['accepted']],
    ]);
    expect(trace[0].attempts[0].sources).toEqual([
      { source: 'shelf', status: 'answered', passages: 2 },
      { source: 'locked', status: 'unavailable', passages: 0, note: 'no key: set LOCKED_KEY' },
    ]);
    expect(trace[1].attempts[0]).toMatchObject({
      remedy: 'first',
      provider: 'openai',
      model: 'writer-1',
      prompt: { name: 'draft' },
      answer: 1,
    });
    expect(trace[1].attempts[0].calls).toMatchObject([{ call: 'critic/grounded/1', outcome: 'answer' }]);
  });

  it('heals: a rule and a critic each reject once, and the next attempt sees just that', async () => {
    scripts.set('heal', {
      writer: [draft('rude [1]'), draft('half right [1]'), draft('right [1]')],
      judge: [verdict('fail', { at: 'half right' }), verdict('pass')],
    });
    const id = await start('heal');
    const review = await waiting(id);
    expect(review.value).toEqual({ text: 'right [1]' });
    const [, drafted] = await steps(id);
    expect(drafted.attempts.map((attempt: any) => [attempt.remedy, attempt.outcome])).toEqual([
      ['first', 'rejected'],
      ['revise', 'rejected'],
      ['revise', 'accepted'],
    ]);
    const [first, second, third] = callsFor('heal', 'writer-1');
    expect(first?.messages).toHaveLength(2);
    expect(
      second?.messages
        .slice(2)
        .map((message) => message.content)
        .join('\n'),
    ).toContain('polite: be polite In: "rude"');
    expect(third?.messages).toHaveLength(4);
    expect(
      third?.messages
        .slice(2)
        .map((message) => message.content)
        .join('\n'),
    ).not.toContain('rude');
  });

  it('goes back to the step that is to blame with what is missing', async () => {
    scripts.set('back', { writer: [draft('a guess [1]')], judge: [verdict('fail', { blames: 'facts', missing: 'opening hours' })] });
    const id = await start('back');
    const review = await waiting(id);
    expect(review.context.passages.map((passage: any) => passage.text)).toContain('On opening hours.');
    expect(
      (await steps(id))
        .filter((step: any) => step.step !== 'approve')
        .map((step: any) => [step.step, step.occurrence, step.pass, step.status, step.superseded_by]),
    ).toEqual([
      ['facts', 1, 1, 'superseded', 2],
      ['draft', 1, 1, 'superseded', 2],
      ['facts', 2, 2, 'accepted', null],
      ['draft', 2, 2, 'accepted', null],
    ]);
  });

  it('asks a person when nothing settles it, and does not ask again for the same bytes', async () => {
    scripts.set('hard', {
      judge: Array.from({ length: 9 }, () => verdict('fail')),
      writer: ['a', 'b', 'c', 'd'].map((text) => draft(`${text} [1]`)),
    });
    const id = await start('hard');
    const help = await waiting(id, 'draft');
    expect(help.verdicts.some((verdict: any) => verdict.verdict === 'fail')).toBe(true);
    await decide(help, { decision: 'edit', value: { text: 'from a person [1]' } });
    const done = await ended(id);
    expect(desk.effects.get(done.output.id)).toBe('from a person [1]');
    expect((await engine.call(`/v1/reviews?run_id=${id}`)).body.data).toHaveLength(1);
  });

  it('a person sends it back with a reason; the draft is made again with their words, and the new proposal is a new review', async () => {
    const id = await start('return');
    const first = await waiting(id);
    await decide(first, { decision: 'reject', reason: 'name the price' });
    const second = await until(async () => {
      const review = await waiting(id);
      return review.id !== first.id && review;
    });
    expect(callsFor('return', 'writer-1').at(-1)?.messages.at(-1)?.content).toContain('name the price');
    await decide(second, { decision: 'approve' });
    expect((await ended(id)).status).toBe('succeeded');
  });

  it('a provider that limits the rate is waited for; the row says so and no answer is counted', async () => {
    scripts.set('limited', {
      writer: [{ status: 429, headers: { 'retry-after': '0' }, body: { error: { message: 'slow down', type: 'rate_limit' } } }],
    });
    const id = await start('limited');
    await waiting(id);
    const [, drafted] = await steps(id);
    expect(drafted.attempts.map((attempt: any) => [attempt.attempt, attempt.answer, attempt.remedy, attempt.outcome])).toEqual([
      [1, null, 'first', 'rate_limited'],
      [2, 1, 'retry', 'accepted'],
    ]);
  });

  it('malformed JSON is asked for again, a refusal goes to another model', async () => {
    scripts.set('broken', { writer: [{ text: '{"text": ' }, { text: '', refusal: 'I would rather not' }] });
    const id = await start('broken');
    await waiting(id);
    const [, drafted] = await steps(id);
    expect(drafted.attempts.map((attempt: any) => [attempt.remedy, attempt.outcome, attempt.model])).toEqual([
      ['first', 'invalid', 'writer-1'],
      ['reask', 'refused', 'writer-1'],
      ['model', 'accepted', 'writer-2'],
    ]);
  });

  it('a wrong key blocks the run with one sentence, and it goes on when told', async () => {
    scripts.set('locked out', {
      writer: [{ status: 401, body: { error: { message: 'Incorrect API key provided: sk-test-secret', code: 'invalid_api_key' } } }],
    });
    const id = await start('locked out');
    const blocked = await until(async () => {
      const now = await run(id);
      return now.status === 'blocked' && now;
    });
    expect(blocked.error).toMatchObject({ code: 'auth', step: 'draft' });
    expect(JSON.stringify([blocked, await steps(id)])).not.toContain('sk-test-secret');
    expect((await engine.call('/v1/runs/retry', { body: { code: 'auth' } })).body.data).toContain(id);
    await waiting(id);
  });

  it('an effect that fails is tried again under the same key and goes out once', async () => {
    const id = await start('effect');
    const review = await waiting(id);
    desk.failNext(2);
    await decide(review, { decision: 'approve' });
    const done = await ended(id);
    expect(desk.requests.filter((key) => key === done.output.id)).toHaveLength(3);
    expect([...desk.effects.keys()].filter((key) => key.startsWith(id))).toEqual([done.output.id]);
  });

  it('finishes on the prompt, the models and the ladder it began with, whatever was deployed while it waited', async () => {
    const id = await start('pinned');
    const review = await waiting(id);
    const before = (await run(id)).plan.steps.draft;
    const { cp, readFile, writeFile } = await import('node:fs/promises');
    const next = fileURLToPath(new URL(`../projects-next-${process.pid}/`, import.meta.url));
    await cp(fileURLToPath(new URL('../projects/', import.meta.url)), next, { recursive: true });
    await writeFile(
      `${next}tickets/prompts/draft.liquid`,
      (await readFile(`${next}tickets/prompts/draft.liquid`, 'utf8')).replace('You answer.', 'You answer in verse.'),
    );
    await writeFile(
      `${next}tickets/definition.ts`,
      (await readFile(`${next}tickets/definition.ts`, 'utf8')).replace('ladder: [reask(1), revise(2),', 'ladder: [reask(1), revise(1),'),
    );
    try {
      await engine.restartWorker({}, `${next}trimtab.config.ts`);
      await decide(review, { decision: 'reject', reason: 'once more' });
      const again = await until(async () => {
        const now = await waiting(id);
        return now.id !== review.id && now;
      });
      expect(callsFor('pinned', 'writer-1').at(-1)?.messages[0]?.content).toBe('You answer.');
      expect((await run(id)).plan.steps.draft).toEqual(before);
      await decide(again, { decision: 'approve' });
      expect((await ended(id)).status).toBe('succeeded');
      const fresh = await start('fresh');
      await waiting(fresh);
      expect(callsFor('fresh', 'writer-1')[0]?.messages[0]?.content).toBe('You answer in verse.');
    } finally {
      await (await import('node:fs/promises')).rm(next, { recursive: true, force: true });
      await engine.restartWorker();
    }
  });

  it('cancels: the question is withdrawn and a decision on it is refused with the state', async () => {
    const id = await start('cancel');
    const review = await waiting(id);
    expect((await engine.call(`/v1/runs/${id}/cancel`, { body: {} })).status).toBe(202);
    expect((await ended(id)).status).toBe('cancelled');
    const late = await decide(review, { decision: 'approve' });
    expect(late).toMatchObject({ status: 409, body: { code: 'review_cancelled', current: { status: 'cancelled' } } });
    expect((await engine.call(`/v1/runs/${id}/cancel`, { body: {} })).status).toBe(202);
  });

  it('a text over 16 KiB goes by reference: the history stays small and the text is whole', async () => {
    const long = `${'word '.repeat(3000)}[1]`;
    scripts.set('long', { writer: [draft(long)] });
    const id = await start('long');
    const review = await waiting(id);
    expect(review.value.text).toBe(long);
    await decide(review, { decision: 'approve' });
    const done = await ended(id);
    expect(desk.effects.get(done.output.id)).toBe(long);
    expect((await engine.db.selectFrom('texts').select('hash').where('run_id', '=', id).execute()).length).toBeGreaterThan(0);
  });

  it('deleted, it leaves a tombstone and no text', async () => {
    const id = await start('forget me');
    await waiting(id);
    expect((await engine.call(`/v1/runs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await engine.call(`/v1/runs/${id}`)).status).toBe(404);
    const left = await engine.db.selectFrom('attempts').selectAll().where('run_id', '=', id).execute();
    expect(left.length).toBeGreaterThan(0);
    expect(JSON.stringify(left)).not.toContain('forget me');
    expect(await engine.db.selectFrom('texts').selectAll().where('run_id', '=', id).execute()).toEqual([]);
  });
});
