import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { ApiAnswer } from '../../stack/call-api.ts';
import { inParallel, onItsOwnStack, type ApiFault, type ApiStack } from '../harness/api-stack.ts';
import type { Counts } from '../harness/fault.ts';
import { within } from '../harness/until.ts';

const retryAfter = (answer: ApiAnswer): number => Number(answer.headers.get('retry-after') ?? Number.NaN);
const timed = async (call: () => Promise<ApiAnswer>): Promise<{ ms: number; answer: ApiAnswer }> => {
  const from = Date.now();
  const answer = await call();
  return { ms: Date.now() - from, answer };
};
export const quantile = (values: readonly number[], q: number): number =>
  [...values].toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;

/** Take every connection that Postgres gives, and send the servers' home so that they must ask for new ones. */
async function takeAll({ databaseUrl }: ApiStack): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  // By a connection of ours: the stack's pool may have to ask for one itself.
  const serversAway = () =>
    taken[0]?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('trimtab server', 'trimtab listen')`,
    );
  for (let full = 0; full < 3;) {
    const client = new pg.Client(databaseUrl);
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch {
      full += 1;
      await serversAway();
    }
  }
  return taken;
}

async function outOfConnections(stack: ApiStack, { kills: requests }: { kills: number }): Promise<Counts> {
  const taken = await takeAll(stack);
  const wrong: string[] = [];
  let refused = 0;
  let operations = 0;
  const expect = (ok: boolean, what: string): void => {
    operations += 1;
    if (!ok) wrong.push(what);
  };
  try {
    await inParallel(Array.from({ length: requests }), 20, async (_, n) => {
      const { answer, ms } = await timed(() => stack.call('/v1/runs?limit=1', { server: n % 2 }));
      if (answer.status === 503) refused += 1;
      expect(
        answer.status === 200 || (answer.status === 503 && retryAfter(answer) > 0),
        `a list was answered ${answer.status} after ${ms} ms`,
      );
    });
    const health = await timed(() => stack.call('/healthz'));
    expect(health.answer.status === 200 && health.ms < 2_000, `health ${health.answer.status} after ${health.ms} ms`);
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
  }
  const from = Date.now();
  await within(10_000, 'the servers answer again', async () =>
    (await Promise.all([0, 1].map((server) => stack.call('/v1/runs?limit=1', { server })))).every(({ status }) => status === 200),
  );
  const back = Date.now() - from;
  await inParallel(Array.from({ length: 100 }), 50, async (_, n) =>
    expect((await stack.call('/v1/runs?limit=1', { server: n % 2 })).status === 200, 'not back'),
  );
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from pg_stat_activity where application_name = 'trimtab server'`.execute(stack.db);
  expect((rows[0]?.n ?? 0) <= 40, `${rows[0]?.n} connections of two servers`);
  if (refused === 0) wrong.push('no request met the limit');
  if (wrong.length > 0) throw new Error([...new Set(wrong)].slice(0, 5).join('; '));
  return {
    operations,
    kills: 0,
    succeeded: operations,
    lost: 0,
    doubled: 0,
    notes: { 'answered 503': refused, 'ms until it answered again': back },
  };
}

/** Half a second a commit: what cannot be taken in time is refused with a time, and people read and decide all the same. */
async function slowCommits(stack: ApiStack, { kills: starts }: { kills: number }): Promise<Counts> {
  const reviews = [await stack.review(), await stack.review(), await stack.review()];
  stack.proxy.onQuery(({ commits }) => (commits ? { delay_ms: 500 } : null));
  const reads: number[] = [];
  const decisions: number[] = [];
  const accepted = new Map<number, string>();
  const wrong: string[] = [];
  let refusals = 0;
  let busy = true;
  const reading = (async () => {
    while (busy) {
      const { ms, answer } = await timed(() => stack.call('/v1/reviews?status=pending'));
      if (answer.status === 200) reads.push(ms);
      else wrong.push(`a list was answered ${answer.status}`);
      await sleep(50);
    }
  })();
  const deciding = (async () => {
    for (const review of reviews) {
      const { ms, answer } = await timed(() =>
        stack.call(`/v1/reviews/${review.id}/decision`, { body: { decision: 'approve', version: 1 } }),
      );
      if (answer.status === 200) decisions.push(ms);
      else wrong.push(`a decision was answered ${answer.status}`);
    }
  })();
  try {
    await inParallel(Array.from({ length: starts }), starts, async (_, n) => {
      for (;;) {
        const answer = await stack.call('/v1/chains/tickets/runs', {
          body: { input: { question: `slow ${n}` } },
          headers: { 'idempotency-key': `slow ${n}` },
        });
        if (answer.status === 202) {
          accepted.set(n, answer.body.id);
          return;
        }
        if (answer.status !== 429 || !(retryAfter(answer) > 0))
          throw new Error(`a start was answered ${answer.status} ${JSON.stringify(answer.body)}`);
        refusals += 1;
        await sleep(retryAfter(answer) * 1_000);
      }
    });
    await deciding;
  } finally {
    busy = false;
    await reading;
    stack.proxy.onQuery(null);
  }
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from runs where input ->> 'question' like 'slow %'`.execute(stack.db);
  const there = rows[0]?.n ?? 0;
  if (wrong.length > 0) throw new Error([...new Set(wrong)].join('; '));
  return {
    operations: starts + reads.length + decisions.length,
    kills: 0,
    succeeded: accepted.size + reads.length + decisions.length,
    lost: Math.max(0, starts - there),
    doubled: Math.max(0, there - starts),
    notes: { 'answered 429': refusals, 'list p95 ms': quantile(reads, 0.95), 'decide max ms': Math.max(...decisions) },
  };
}

export const connectionLimit: ApiFault = {
  id: 'F11',
  title: 'connection limit reached',
  kills: { slice: 60, full: 1_000 },
  play: outOfConnections,
};
export const slowDatabase: ApiFault = {
  id: 'F17',
  title: 'Postgres 500 ms per commit',
  kills: { slice: 80, full: 1_000 },
  play: slowCommits,
};
export const f11 = onItsOwnStack(connectionLimit);
export const f17 = onItsOwnStack(slowDatabase);
