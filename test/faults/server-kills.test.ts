import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { startChild, type Child } from '../stack/child.ts';
import { tallyKills } from '../stack/kill-tally.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));
const runsARound = 12;
/** Which answer is the last before the kill: another one in every run of the suite, and named when an expectation fails. */
const killAfter = [0, 1 + Math.floor(Math.random() * runsARound), runsARound + Math.floor(Math.random() * runsARound)];

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let server: Child;

interface Request {
  key: string;
  path: string;
  body: unknown;
}
/** What the client was told, by Idempotency-Key. */
const told = new Map<string, unknown>();
const sent: Request[] = [];

async function send({ key, path, body }: Request): Promise<void> {
  const answer = await engine.call(path, { body, headers: { 'idempotency-key': key } });
  expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  const fact = { id: answer.body.id, decision: answer.body.decision ?? null };
  expect(told.get(key) ?? fact).toEqual(fact);
  told.set(key, fact);
}

const startRequest = (name: string): Request => ({
  key: `start ${name}`,
  path: '/v1/chains/tickets/runs',
  body: { input: { question: name } },
});
const decisionRequest = (review: { id: string; version: number }): Request => ({
  key: `decide ${review.id}`,
  path: `/v1/reviews/${review.id}/decision`,
  body: { version: review.version, decision: 'approve' },
});
const startServer = async (): Promise<Child> => {
  const child = startChild(['server'], { cwd, env: engine.env });
  await child.until('listens');
  return child;
};

beforeAll(async () => {
  const say = ({ model }: { model: string }) => ({
    text: JSON.stringify(
      model === 'judge-1' ? { verdict: 'pass', reason: '', at: null, blames: null, missing: null } : { text: 'Free for 30 days [1].' },
    ),
  });
  [provider, desk] = await Promise.all([startProviderServer(say), startDesk()]);
  engine = await testEngine({
    server: false,
    configFile: `${cwd}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
  server = await startServer();
});
afterAll(() => provider.stop());

/** Send all at once, kill the server after so many answers, and let the client see which of its requests failed. */
async function killUnder(requests: readonly Request[], answers: number): Promise<void> {
  let left = answers;
  const kill = (): void => {
    if (left-- === 0) void server.end('SIGKILL');
  };
  const sending = requests.map((request) =>
    send(request).then(kill, (error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
    }),
  );
  if (answers === 0) kill();
  await Promise.all(sending);
  await server.end('SIGKILL');
  tallyKills(1);
}

/** Rows that are written together, of which some are there and some are not. */
async function halves(): Promise<unknown[]> {
  const { rows } = await sql`
    select * from (
      select id, status = 'decided' as facts,
        array[exists (select from decisions d where d.review_id = r.id), exists (select from audit a where a.subject = r.id and a.action = 'review.approve'),
          exists (select from outbox o where o.dedupe = 'decision:' || r.id), exists (select from idempotency_keys k where k.key = 'decide ' || r.id)] as others
      from reviews r
      union all
      select id, true, array[exists (select from audit a where a.subject = r.id and a.action = 'run.start'), exists (select from outbox o where o.dedupe = 'start:' || r.id),
        exists (select from idempotency_keys k where k.answer ->> 'id' = r.id)]
      from runs r
    ) as written where not (facts = all (others))`.execute(engine.db);
  return rows;
}

it.each(killAfter.map((answers, round) => ({ round, answers })))(
  'killed after $answers answers: nothing is half written, and the same keys get the same runs and decisions',
  async ({ round, answers }) => {
    const pending = (await engine.db.selectFrom('reviews').select(['id', 'version']).where('status', '=', 'pending').execute()).map(
      decisionRequest,
    );
    const requests = [...Array.from({ length: runsARound }, (_, n) => startRequest(`round ${round} ticket ${n}`)), ...pending].toSorted(
      () => Math.random() - 0.5,
    );
    sent.push(...requests);
    await killUnder(requests, answers);
    expect(await halves()).toEqual([]);
    server = await startServer();
    await Promise.all(requests.map(send));
    await Promise.all(requests.map(send));
    expect(await halves()).toEqual([]);
    await until(
      async () => (await engine.db.selectFrom('runs').select('id').where('status', '=', 'running').executeTakeFirst()) === undefined,
    );
  },
);

it('in the end every key has one run, every run one draft and one effect', async () => {
  const pending = (await engine.db.selectFrom('reviews').select(['id', 'version']).where('status', '=', 'pending').execute()).map(
    decisionRequest,
  );
  await Promise.all(pending.map(send));
  await until(
    async () => (await engine.db.selectFrom('runs').select('id').where('status', '<>', 'succeeded').executeTakeFirst()) === undefined,
  );
  const runs = killAfter.length * runsARound;
  expect(new Set(sent.filter(({ key }) => key.startsWith('start')).map(({ key }) => JSON.stringify(told.get(key)))).size).toBe(runs);
  expect(await engine.db.selectFrom('runs').select('id').execute()).toHaveLength(runs);
  expect(provider.calls.filter(({ model }) => model === 'writer-1')).toHaveLength(runs);
  expect(desk.effects.size).toBe(runs);
});
