import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject } from '../../runtime/project.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

const project = fileURLToPath(new URL('../projects/', import.meta.url));
const copies: string[] = [];
let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let temporal: Client;
/** The next answers of the writer to a question; unscripted: a good draft. */
const scripts = new Map<string, Scripted[]>();

const draft = (text: string): Scripted => ({ text: JSON.stringify({ text }) });
const askedIn = (call: ProviderCall): string =>
  /<question>([^]*?)<\/question>/.exec(call.messages.map(({ content }) => content).join('\n'))?.[1] ?? '';

function say(call: ProviderCall): Scripted {
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const question = askedIn(call);
  return scripts.get(question)?.shift() ?? draft(`Good answer to ${question.slice(0, 40)} [1].`);
}

beforeAll(async () => {
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  temporal = new Client({ connection: await Connection.connect({ address: testTemporal().address }) });
  engine = await testEngine({
    configFile: `${project}odd.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
});
afterAll(async () => {
  await Promise.all([provider.stop(), temporal.connection.close(), ...copies.map((copy) => rm(copy, { recursive: true, force: true }))]);
});

const start = async (chain: string, question: string): Promise<string> =>
  (await engine.call(`/v1/chains/${chain}/runs`, { body: { input: { question } } })).body.id;
const run = async (id: string) => (await engine.call(`/v1/runs/${id}`)).body;
const steps = async (id: string) => (await engine.call(`/v1/runs/${id}/steps`)).body.data;
/** The run when it does not move any more by itself. */
const rests = (id: string, status?: string) =>
  until(async () => {
    const now = await run(id);
    return (status ? now.status === status : now.status !== 'running') && now;
  });
const retry = (id: string) => engine.call(`/v1/runs/${id}/retry`, { body: {} });
const callsFor = (question: string) => provider.calls.filter((call) => call.model !== 'judge-1' && askedIn(call) === question);
const pending = (id: string) => until(async () => (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);

/** The project once more, with one file changed. */
async function changed(name: string, file: string, change: (text: string) => string): Promise<string> {
  const copy = fileURLToPath(new URL(`../projects-${name}-${process.pid}/`, import.meta.url));
  copies.push(copy);
  await cp(project, copy, { recursive: true });
  const text = await readFile(copy + file, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(copy + file, change(text));
  return `${copy}odd.config.ts`;
}
/** Work with another build of the chains, then with the one before. */
async function deployed(build: string, work: () => Promise<void>): Promise<void> {
  await engine.restartWorker({}, build);
  await work().finally(() => engine.restartWorker());
}

/** Deleted first and looked for last: Temporal takes up to half a minute to drop a history that has just ended. */
let deleted = '';

describe('a running run', () => {
  it('takes feedback and, deleted, leaves nothing that was said', async () => {
    let release = (): void => undefined;
    scripts.set('secret wish', [
      {
        ...draft('secret reply'),
        hold: new Promise<void>((resolve) => {
          release = resolve;
        }),
      },
    ]);
    const id = await start('tickets', 'secret wish');
    const call = await until(async () => callsFor('secret wish')[0]);
    expect(await engine.call(`/v1/runs/${id}/feedback`, { body: { type: 'comment', value: 'a secret remark' } })).toMatchObject({
      status: 201,
    });
    expect((await engine.call(`/v1/runs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await engine.call(`/v1/runs/${id}`)).status).toBe(404);
    expect((await engine.call(`/v1/runs/${id}`, { method: 'DELETE' })).status).toBe(404);
    await call.closed;
    release();
    await until(
      async () =>
        (
          await engine.db
            .selectFrom('attempts')
            .select('step')
            .where('run_id', '=', id)
            .where('step', '=', 'draft')
            .where('status', '=', 'finished')
            .execute()
        ).length,
    );
    deleted = id;
    for (const table of ['runs', 'steps', 'attempts', 'verdicts', 'feedback', 'texts', 'outbox', 'reviews'] as const) {
      const rows = await engine.db
        .selectFrom(table)
        .selectAll()
        .where(table === 'runs' ? 'id' : ('run_id' as 'id'), '=', id)
        .execute();
      expect(JSON.stringify(rows), table).not.toContain('secret');
    }
    expect(await engine.db.selectFrom('runs').select(['status', 'input']).where('id', '=', id).executeTakeFirst()).toEqual({
      status: 'cancelled',
      input: null,
    });
  });
});

describe('a definition that fails', () => {
  it('a check that throws has passed nothing: the next attempt, then a person with its words', async () => {
    const text = 'This breaks the check.';
    scripts.set('check', [draft(text), draft(`${text} Again.`)]);
    const id = await start('odd', 'check');
    const review = await pending(id);
    const [, drafted] = await steps(id);
    expect(drafted.attempts.map((attempt: any) => [attempt.remedy, attempt.outcome])).toEqual([
      ['first', 'unsure'],
      ['revise', 'unsure'],
    ]);
    expect(review).toMatchObject({ queue: 'help', step: 'draft' });
    expect(review.verdicts).toContainEqual(
      expect.objectContaining({ critic: 'fragile', verdict: 'unsure', reason: 'the check failed: cannot read the reply' }),
    );
  });

  it.each([
    ['throws', 'throw new Error(', 'void new Error(', /^the chain function threw: the reply has no greeting$/, null, [1, 1]],
    [
      'unfit step',
      'unfit(7), found',
      "'fit step', found",
      /^step 'draft' was called with an input that does not fit: question: /,
      'draft',
      [1, 1],
    ],
    [
      'unfit output',
      'unfit({ text: 7 })',
      "{ text: 'mended' }",
      /^the chain returned something that is no output of it: text: /,
      null,
      [1, 1],
    ],
    [
      'no tone',
      "question === 'no tone'",
      "question === ''",
      /^prompt 'draft': undefined variable: tone.* keeps this version .*: let the chain function give the value, or .* start a new run$/,
      'draft',
      [0, 1],
    ],
  ] as const)(
    'a chain function with a bug (%s) parks its run; mended, it goes on and nothing is paid for twice',
    async (question, bug, mended, message, step, [before, after]) => {
      const id = await start('odd', question);
      const blocked = await rests(id);
      expect(blocked).toMatchObject({
        status: 'blocked',
        error: { code: 'chain_error', step, next: expect.stringContaining('trimtab retry') },
      });
      expect(blocked.error.message).toMatch(message);
      expect(callsFor(question)).toHaveLength(before);
      await deployed(await changed(question.replace(' ', '-'), 'odd/workflow.ts', (text) => text.replace(bug, mended)), async () => {
        expect((await retry(id)).status).toBe(202);
        expect(await rests(id, 'succeeded')).toMatchObject({ status: 'succeeded', output: { text: expect.any(String) } });
      });
      expect(callsFor(question)).toHaveLength(after);
    },
  );

  it('a source with a bug parks its run at once, with the row and no second try; mended, it goes on', async () => {
    const id = await start('odd', 'no shelf');
    expect(await rests(id)).toMatchObject({
      status: 'blocked',
      error: { code: 'chain_error', step: 'facts', message: expect.stringMatching(/^the code of source 'pile' failed: .*'all'/) },
    });
    expect((await steps(id))[0].attempts.map((attempt: any) => attempt.outcome)).toEqual(['invalid']);
    const build = await changed('source', 'odd/definition.ts', (text) => text.replace('shelves[question]!.all', '[]'));
    await deployed(build, async () => {
      expect((await retry(id)).status).toBe(202);
      expect(await rests(id, 'succeeded')).toMatchObject({ output: { text: expect.any(String) } });
    });
  });

  it('a source whose network fails is named on the record, and the chain goes on', async () => {
    const id = await start('odd', 'away');
    expect((await rests(id)).status).toBe('succeeded');
    expect((await steps(id))[0].attempts[0]).toMatchObject({
      outcome: 'accepted',
      sources: [{ source: 'pile', status: 'unavailable', passages: 0, note: 'fetch failed' }],
    });
  });

  it('a critic whose prompt cannot be filled has passed nothing: the run parks', async () => {
    const build = await changed('critic', 'tickets/prompts/grounded.liquid', (text) => `${text}{{ input.nope }}`);
    await deployed(build, async () => {
      const blocked = await rests(await start('tickets', 'critic'));
      expect(blocked).toMatchObject({
        status: 'blocked',
        error: {
          code: 'chain_error',
          step: 'draft',
          message: expect.stringMatching(/^prompt 'grounded': undefined variable: input\.nope/),
        },
      });
    });
  });

  it('still wrong after a retry it parks again, with the same sentence', async () => {
    const id = await start('odd', 'throws');
    const { error } = await rests(id);
    // Each wait for mended code begins a history of its own: the next one says that the retry was heard.
    const history = async (): Promise<string> => (await temporal.workflow.getHandle(id).describe()).runId;
    const before = await history();
    await retry(id);
    await until(async () => (await history()) !== before);
    expect((await rests(id, 'blocked')).error).toEqual(error);
  });

  it.each([
    [
      'a prompt with an unknown variable',
      'odd/prompts/draft.liquid',
      '{{ question }}',
      '{{ customer }}',
      /^chain 'odd', step 'draft': prompt 'draft' asks for 'customer', which its input does not have; it has question, found, tone$/,
    ],
    ['a prompt that is no Liquid', 'odd/prompts/draft.liquid', '{{ question }}', '{{ question', /prompt 'draft'/],
    [
      'a definition that throws',
      'odd/definition.ts',
      'const mebibyte',
      "throw new Error('no shelf');\nconst mebibyte",
      /odd\/definition\.ts cannot be loaded: no shelf$/,
    ],
    [
      'a ladder without an end',
      'odd/definition.ts',
      "ladder: [revise(1), human('help')]",
      'ladder: [revise(1)]',
      /odd\/definition\.ts: .*draft/,
    ],
  ])('%s is refused when the project is loaded', async (name, file, from, to, message) => {
    const build = await changed(name.replaceAll(' ', '-'), file, (text) => text.replace(from, to));
    await expect(loadProject(build)).rejects.toMatchObject({ code: 'definition', message: expect.stringMatching(message) });
  });
});

describe('a cause that somebody must remove', () => {
  it.each([
    [
      'model_gone',
      {
        status: 404,
        body: { error: { message: 'The model `writer-1` does not exist', type: 'invalid_request_error', code: 'model_not_found' } },
      },
      /writer-1/,
    ],
    [
      'spend_cap',
      {
        status: 429,
        body: {
          error: {
            message: 'You exceeded your current quota, please check your plan and billing details.',
            type: 'insufficient_quota',
            code: 'insufficient_quota',
          },
        },
      },
      /quota/,
    ],
  ] as const)('%s blocks with one sentence at the first answer, and the run goes on when it is gone', async (code, answer, words) => {
    scripts.set(code, [answer]);
    const id = await start('tickets', code);
    const blocked = await rests(id);
    expect(blocked).toMatchObject({
      status: 'blocked',
      error: { code, step: 'draft', message: expect.stringMatching(words), next: expect.any(String) },
    });
    expect(blocked.error.message).not.toContain('\n');
    expect(blocked.usage.cost_usd).toBe(0);
    expect(callsFor(code)).toHaveLength(1);
    await retry(id);
    expect((await pending(id)).value.text).toContain(`Good answer to ${code}`);
    expect(callsFor(code)).toHaveLength(2);
  });
});

describe('input at the edges', () => {
  it('zero passages: the model is told so, and the record has the empty source', async () => {
    const id = await start('odd', 'nothing to find');
    expect((await rests(id)).status).toBe('succeeded');
    expect((await steps(id))[0].attempts[0]).toMatchObject({
      outcome: 'accepted',
      output: [],
      sources: [{ source: 'pile', status: 'empty', passages: 0 }],
    });
    expect(JSON.stringify(callsFor('nothing to find')[0]?.messages)).toContain('(no passages were found)');
  });

  it.each([
    ['Arabic with marks of direction', 'أين طلبي رقم ١٢٣٤؟ \u202Eabc\u202C شكرا 🚲'],
    ['90,000 characters', `${'Where is my order? '.repeat(4_737)}`.slice(0, 90_000)],
  ])('a ticket of %s arrives whole at the model and the person', async (_name, question) => {
    const id = await start('tickets', question);
    const review = await pending(id);
    expect(callsFor(question)).toHaveLength(1);
    expect(review.context.input).toEqual({ question });
    await engine.call(`/v1/reviews/${review.id}/decision`, { body: { version: review.version, decision: 'approve' } });
    const done = await rests(id, 'succeeded');
    expect(done.input).toEqual({ question });
    expect(desk.effects.get(done.output.id)).toBe(review.value.text);
  });

  it('3 MiB of passages go to the model whole, and the history holds references', async () => {
    const id = await start('odd', '3 MiB');
    expect((await rests(id)).status).toBe('succeeded');
    expect(JSON.stringify(callsFor('3 MiB')[0]?.messages).length).toBeGreaterThan(3 * 1024 * 1024);
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    expect(JSON.stringify(events).length).toBeLessThan(300_000);
  });

  it('more passages than a step may read park the run as too large, before a model is asked', async () => {
    const id = await start('odd', '20 MiB');
    expect(await rests(id)).toMatchObject({
      status: 'blocked',
      error: { code: 'too_large', step: 'facts', message: expect.stringMatching(/pile.*20\.0 MiB.*8\.0 MiB/) },
    });
    expect(callsFor('20 MiB')).toHaveLength(0);
  });

  it('a step input that the chain function made too large is its bug', async () => {
    const id = await start('odd', 'vast');
    expect(await rests(id)).toMatchObject({
      status: 'blocked',
      error: { code: 'chain_error', step: 'draft', message: expect.stringMatching(/9\.0 MiB.*8\.0 MiB/) },
    });
  });
});

it('the history of the deleted run is gone from Temporal too', { timeout: 90_000 }, async () => {
  expect(deleted).not.toBe('');
  await until(() =>
    temporal.workflow
      .getHandle(deleted)
      .describe()
      .then(
        () => false,
        (error: unknown) => {
          if (error instanceof WorkflowNotFoundError) return true;
          throw error;
        },
      ),
  );
});
