import { sql } from 'kysely';
import { freePort } from '../../../runtime/local/ports.ts';
import { canonical } from '../../../src/correct/canonical.ts';
import { callApi, type ApiAnswer } from '../../stack/call-api.ts';
import { startChild, type Child } from '../../stack/trimtab-child.ts';
import { inParallel, onItsOwnStack, projects, type ApiFault, type ApiStack } from '../harness/api-stack.ts';
import type { Counts, Size } from '../harness/fault.ts';
import { packProcesses } from '../harness/packed.ts';
import { startPostgresProxy, type PostgresProxy } from '../harness/postgres-proxy.ts';
import { say } from '../harness/say.ts';

const words = { text: 'Their own words [1].' };
interface Request {
  path: string;
  method: string;
  body: unknown;
  /** What must stand in the records: nothing of it, or all of it, once. */
  stands(): Promise<'nothing' | 'all' | string>;
}
type Make = (stack: ApiStack, name: string) => Promise<Request>;

/** What the rows say of one request: as many of each as this, or none of any. */
async function rowsOf({ db }: ApiStack, query: ReturnType<typeof sql<Record<string, number>>>): Promise<'nothing' | 'all' | string> {
  const counts = Object.values((await query.execute(db)).rows[0] ?? {});
  if (counts.every((n) => n === 0)) return 'nothing';
  return counts.every((n) => n === 1) ? 'all' : counts.join('/');
}

const start: Make = async (stack, name) => ({
  path: '/v1/chains/tickets/runs',
  method: 'POST',
  body: { input: { question: name } },
  stands: () =>
    rowsOf(
      stack,
      sql`with mine as (select id from runs where input ->> 'question' = ${name})
        select (select count(*)::int from mine) as runs, (select count(*)::int from outbox where topic = 'temporal.start' and payload -> 'input' ->> 'question' = ${name}) as words,
          (select count(*)::int from audit where action = 'run.start' and subject in (select id from mine)) as audits`,
    ),
});

const decide =
  (decision: Record<string, unknown>): Make =>
  async (stack) => {
    const { id } = await stack.review();
    return {
      path: `/v1/reviews/${id}/decision`,
      method: 'POST',
      body: { version: 1, ...decision },
      stands: () =>
        rowsOf(
          stack,
          sql`select (select count(*)::int from reviews where id = ${id} and status = 'decided' and version = 2) as reviews, (select count(*)::int from decisions where review_id = ${id}) as decisions,
            (select count(*)::int from audit where subject = ${id}) as audits, (select count(*)::int from outbox where payload ->> 'review_id' = ${id}) as words`,
        ),
    };
  };

const save: Make = async (stack) => {
  const { id } = await stack.review();
  return {
    path: `/v1/reviews/${id}/value`,
    method: 'PUT',
    body: { version: 1, value: words },
    stands: () =>
      rowsOf(
        stack,
        sql`select count(*)::int as n from reviews where id = ${id} and version = 2 and value = ${JSON.stringify(words)}::jsonb`,
      ),
  };
};

const kinds = { start, approve: decide({ decision: 'approve' }), edit: decide({ decision: 'edit', value: words }), save };
type Kind = keyof typeof kinds;

/** Where a server dies in a request: at its nth query, before Postgres hears of it or when it has done it. */
interface Point {
  kind: Kind;
  query: number | 'commit';
  when: 'before' | 'after';
}

/** Not of a request: what the server does beside. */
const beside = /lease_|pg_notify|listen |provider_|escalate|deleted_at >|pg_stat|trimtab_/i;

/** A server behind a proxy of its own, which dies at one query of the next request. */
async function startVictim(stack: ApiStack, file: string | undefined) {
  const proxy: PostgresProxy = await startPostgresProxy(stack.databaseUrl);
  const port = String(await freePort());
  const env = { ...stack.env, DATABASE_URL: proxy.through(stack.databaseUrl), TRIMTAB_PORT: port };
  const child: Child = startChild(['server'], { cwd: projects, env, ...(file === undefined ? {} : { file }) });
  await child.until('listens');
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    /** Null: the request had fewer queries. Else what the query said. */
    arm({ query, when }: Point): { at: string | null } {
      const seen: { at: string | null } = { at: null };
      let n = 0;
      const die = (): void => child.signal('SIGKILL');
      proxy.onQuery(({ sql: text }) => {
        if (seen.at !== null) return 'cut_before';
        if (beside.test(text)) return null;
        n += 1;
        if (query === 'commit' ? !/^\s*commit/i.test(text) : n < query) return null;
        seen.at = text.replaceAll(/\s+/g, ' ').slice(0, 60);
        if (when === 'after') return { done: die };
        die();
        return 'cut_before';
      });
      return seen;
    },
    async stop() {
      await child.end('SIGKILL');
      await proxy.stop();
    },
  };
}

interface Killed {
  point: Point;
  at: string | null;
  wrong: string[];
}

/** One death: the request is sent again with its key, to two other servers at once, and once more later. */
async function killAt(stack: ApiStack, point: Point, file: string | undefined): Promise<Killed> {
  const name = `${point.kind} ${point.when} ${point.query} ${Math.random()}`;
  const [victim, request] = await Promise.all([startVictim(stack, file), kinds[point.kind](stack, name)]);
  const wrong: string[] = [];
  try {
    const { method, body } = request;
    const call = { method, body, headers: { 'idempotency-key': name } };
    const seen = victim.arm(point);
    const first: ApiAnswer | null = await callApi({ url: victim.url, key: stack.keys[0] }, request.path, call).catch(() => null);
    if (seen.at !== null) await victim.child.ended;
    say(`${point.kind} ${point.when} query ${point.query}: ${seen.at ?? 'not reached'}, answered ${first?.status ?? 'nothing'}`);
    const between = await request.stands();
    if (between !== 'nothing' && between !== 'all') wrong.push(`half of it stands: ${between}`);
    const answers = await Promise.all([0, 1].map((server) => stack.call(request.path, { ...call, server })));
    answers.push(await stack.call(request.path, call), ...(first === null ? [] : [first]));
    const said = new Set(answers.map((answer) => canonical(answer.body)));
    if (said.size !== 1) wrong.push(`one key, ${said.size} answers: ${answers.map(({ status }) => status).join(', ')}`);
    if (answers.some(({ status }) => status !== (point.kind === 'start' ? 202 : 200)))
      wrong.push(`answered ${answers.map(({ status }) => status).join(', ')}`);
    const after = await request.stands();
    if (after !== 'all') wrong.push(`in the end stands ${after}`);
    return { point, at: seen.at, wrong: wrong.map((what) => `${name} (${seen.at}): ${what}`) };
  } finally {
    await victim.stop();
  }
}

/** The commit is what matters most: a server dies there, on one side or the other. */
const few: readonly Point[] = [
  { kind: 'start', query: 'commit', when: 'after' },
  { kind: 'approve', query: 'commit', when: 'before' },
  { kind: 'save', query: 'commit', when: 'after' },
];

/** Each query of a kind until a request has no such query any more. */
async function everyPoint(stack: ApiStack, kind: Kind, file: string): Promise<Killed[]> {
  const killed: Killed[] = [];
  for (let query = 1; ; query += 1) {
    const pair = await Promise.all((['before', 'after'] as const).map((when) => killAt(stack, { kind, query, when }, file)));
    killed.push(...pair.filter(({ at, wrong }) => at !== null || wrong.length > 0));
    if (pair.every(({ at }) => at === null)) return killed;
  }
}

async function everywhere(stack: ApiStack): Promise<Killed[]> {
  const packed = await packProcesses(projects, stack.home);
  try {
    const killed: Killed[] = [];
    for (const kind of Object.keys(kinds) as Kind[]) killed.push(...(await everyPoint(stack, kind, packed.file)));
    return killed;
  } finally {
    await packed.remove();
  }
}

async function play(stack: ApiStack, { full, kills }: Size): Promise<Counts> {
  const killed: Killed[] = [];
  if (full) killed.push(...(await everywhere(stack)));
  else await inParallel(few, few.length, async (point) => void killed.push(await killAt(stack, point, undefined)));
  const wrong = killed.flatMap((each) => each.wrong);
  const dead = killed.filter(({ at }) => at !== null).length;
  if (dead < kills) wrong.push(`only ${dead} servers died`);
  if (wrong.length > 0) throw new Error(wrong.slice(0, 6).join('; '));
  const of = (kind: Kind): number => killed.filter(({ point }) => point.kind === kind).length;
  return {
    operations: killed.length,
    kills: dead,
    succeeded: killed.length,
    lost: 0,
    doubled: 0,
    notes: { start: of('start'), approve: of('approve'), 'edit and approve': of('edit'), 'save a draft': of('save') },
  };
}

export const apiKills: ApiFault = {
  id: 'F4',
  title: 'kill -9 of the API at every query of a start, a decision and an edit',
  kills: { slice: 3, full: 60 },
  play,
};
export const f4 = onItsOwnStack(apiKills);
