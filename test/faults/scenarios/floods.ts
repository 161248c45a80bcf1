import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { newId } from '../../../src/store/ids.ts';
import type { ApiAnswer } from '../../stack/call-api.ts';
import { onItsOwnStack, type ApiFault, type ApiStack } from '../harness/api-stack.ts';
import { createClient } from '../harness/client.ts';
import { countRuns } from '../harness/count-runs.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { settle } from '../harness/invariants.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { reaches } from '../harness/until.ts';
import { quantile } from './back-pressure.ts';

const retryAfter = (answer: ApiAnswer): number => Number(answer.headers.get('retry-after') ?? Number.NaN);
type Call = (path: string, options?: { method?: string; body?: unknown; headers?: Record<string, string> }) => Promise<ApiAnswer>;

/** Resident memory in MiB. */
const memoryOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Null where no connection was made: ten thousand sockets at once are more than a listener's backlog holds, and who is not heard asks again. */
const unheard = (error: unknown): null => {
  if (error instanceof TypeError) return null;
  throw error;
};

interface Flood {
  accepted: Map<number, string>;
  refused: number;
  waits: number[];
}

/** All at once; who is refused comes back when it was told to. Anything but 202 and `refusals` with Retry-After is wrong. */
async function flood(call: Call, name: string, count: number, refusals = [429]): Promise<Flood> {
  const done: Flood = { accepted: new Map(), refused: 0, waits: [] };
  let wrong = false;
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      // One that was answered wrongly ends them all: the others would knock for ever, beside whatever is tried next.
      while (!wrong) {
        const from = Date.now();
        const answer = await call('/v1/chains/tickets/runs', {
          body: { input: { question: `${name} ${n}` } },
          headers: { 'idempotency-key': `${name} ${n}` },
        }).catch(unheard);
        // 408 is Node's own word for a request that had not come whole within a minute: as little was heard as where nobody answers.
        if (!answer || answer.status === 408) {
          await sleep(1_000 * (1 + Math.random()));
          continue;
        }
        if (answer.status === 202) {
          done.waits.push(Date.now() - from);
          done.accepted.set(n, answer.body.id);
          return;
        }
        if (!refusals.includes(answer.status) || !(retryAfter(answer) > 0)) {
          wrong = true;
          throw new Error(`a start was answered ${answer.status} ${JSON.stringify(answer.body)}`);
        }
        done.refused += 1;
        await sleep(retryAfter(answer) * 1_000 * (1 + Math.random()));
      }
    }),
  );
  return done;
}

async function manyStarts(stack: ApiStack, { kills: starts }: Size): Promise<Counts> {
  const reads: number[] = [];
  let busy = true;
  const reading = (async () => {
    while (busy) {
      const from = Date.now();
      const answer = await stack.call('/v1/reviews?status=pending', { server: 0 });
      if (answer.status !== 200) throw new Error(`a list was answered ${answer.status}`);
      reads.push(Date.now() - from);
      await sleep(100);
    }
  })();
  void reading.catch(() => undefined);
  const from = Date.now();
  const name = newId('run').slice(-6);
  const { accepted, refused, waits } = await flood((path, call) => stack.call(path, { ...call, server: 0 }), name, starts).finally(() => {
    busy = false;
  });
  await reading;
  const seconds = (Date.now() - from) / 1000;
  const { rows } = await sql<{ runs: number; words: number }>`select count(*)::int as runs,
    (select count(*)::int from outbox o join runs q on q.id = o.run_id where o.topic = 'temporal.start' and q.input ->> 'question' like ${`${name} %`}) as words
    from runs where input ->> 'question' like ${`${name} %`}`.execute(stack.db);
  const there = rows[0]?.runs ?? 0;
  return {
    operations: starts,
    kills: 0,
    succeeded: accepted.size,
    lost: Math.max(0, starts - Math.min(there, rows[0]?.words ?? 0)),
    doubled: Math.max(0, there - starts),
    notes: {
      'answered 429': refused,
      'starts/s': Math.round(starts / seconds),
      'accepted p95 ms': quantile(waits, 0.95),
      'list p95 ms meanwhile': quantile(reads, 0.95),
    },
  };
}

/** What a page asks while people work: the queue, its next page, one queue of it, the runs that wait, and decisions. */
async function workTheQueue(call: Call, rounds: number): Promise<{ list: number[]; decide: number[] }> {
  const list: number[] = [];
  const decide: number[] = [];
  const timed = async (into: number[], path: string, options?: Parameters<Call>[1]): Promise<ApiAnswer> => {
    const from = performance.now();
    const answer = await call(path, options);
    into.push(performance.now() - from);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  for (let n = 0; n < rounds; n += 1) {
    const first = await timed(list, '/v1/reviews?status=pending');
    await timed(list, `/v1/reviews?status=pending&cursor=${encodeURIComponent(first.body.next_cursor)}`);
    await timed(list, '/v1/reviews?queue=support&status=pending&limit=100');
    await timed(list, '/v1/runs?status=waiting');
    await timed(list, '/v1/reviews');
    for (const review of first.body.data.slice(0, 3))
      await timed(decide, `/v1/reviews/${review.id}/decision`, { body: { decision: 'approve', version: review.version } });
  }
  return { list, decide };
}

/** So many runs that wait, written as their workflows would have: the queue's reads and decisions, on real rows without the hours to make them. */
async function waitingRows({ db }: ApiStack, count: number): Promise<void> {
  await sql`with made as (
      insert into runs (id, chain, status, input, plan, started_at) select 'run_w' || n, 'tickets', 'waiting', '{"question":"?"}', jsonb_build_object('pad', repeat('x', 2000)), now() - n * interval '1 second' from generate_series(1, ${count}) n returning id)
    insert into reviews (id, run_id, chain, step, occurrence, ask, kind, of_step, queue, value, original, context, due_at, expires_at, created_at)
    select 'rev_w' || n, 'run_w' || n, 'tickets', 'approve', 1, 1, 'review', 'draft', case when n % 5 = 0 then 'leads' else 'support' end, '{"text":"Free for 30 days [1]."}', '{"text":"Free for 30 days [1]."}',
      jsonb_build_object('passages', repeat('p', 3000)), now() + (n % 500) * interval '1 minute', now() + interval '30 days', now() - n * interval '1 second' from generate_series(1, ${count}) n`.execute(
    db,
  );
  await sql`analyze runs, reviews`.execute(db);
}

async function longQueue(stack: ApiStack, { kills: count, full }: Size): Promise<Counts> {
  await waitingRows(stack, count);
  const server = stack.servers[0]?.child.pid ?? 0;
  await workTheQueue(stack.call, 2);
  const before = await memoryOf(server);
  const { list, decide } = await workTheQueue(stack.call, full ? 100 : 8);
  const grown = (await memoryOf(server)) - before;
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from reviews where id like 'rev_w%' and status in ('pending', 'decided')`.execute(stack.db);
  await sql`delete from runs where id like 'run_w%'`.execute(stack.db);
  return {
    operations: list.length + decide.length,
    kills: 0,
    succeeded: list.length + decide.length,
    lost: count - (rows[0]?.n ?? 0),
    doubled: 0,
    notes: {
      waiting: count,
      'list p95 ms': Math.round(quantile(list, 0.95)),
      'decide p95 ms': Math.round(quantile(decide, 0.95)),
      'server grew MiB': Math.round(grown),
    },
  };
}

/** Real runs, started all at once, until each waits for a person; then everything is killed and started. */
async function wholeStack({ kills: count }: Size): Promise<Counts> {
  const stack = await startFaultStack({ env: { TRIMTAB_WORKFLOW_CACHE: '200' } });
  try {
    let server = await stack.server();
    let worker = await stack.worker();
    const client = createClient(stack);
    const from = Date.now();
    const { accepted, refused } = await flood(stack.call, 'wait', count, [429, 503]);
    for (const [n, id] of accepted) client.accepted.set(`start wait ${n}`, id);
    const started = (Date.now() - from) / 1000;
    const waiting = await allWait(stack, count);
    const worked = (Date.now() - from) / 1000;
    const memory = { server: await memoryOf(server.pid), worker: await memoryOf(worker.pid) };
    await Promise.all([server.end('SIGKILL'), worker.end('SIGKILL'), stack.postgres.kill(), stack.temporal.kill()]);
    await Promise.all([stack.postgres.start(), stack.temporal.start()]);
    [server, worker] = await Promise.all([stack.server(), stack.worker()]);
    const back = await allWait(stack, count);
    const { list, decide } = await workTheQueue(stack.call, 20);
    await reaches(decide.length, 'those decided have ended', () => countRuns(stack, 'succeeded'));
    const after = { server: await memoryOf(server.pid), worker: await memoryOf(worker.pid) };
    const findings = await settle(stack, client);
    return {
      operations: count + decide.length,
      kills: 4,
      succeeded: Math.min(waiting, back) + decide.length,
      lost: findings.lost.length,
      doubled: findings.doubled.length,
      notes: {
        'answered 429 or 503': refused,
        'all accepted s': Math.round(started),
        'all waiting s': Math.round(worked),
        'list p95 ms': Math.round(quantile(list, 0.95)),
        'decide p95 ms': Math.round(quantile(decide, 0.95)),
        'server MiB': `${Math.round(memory.server)}, ${Math.round(after.server)} after the restart`,
        'worker MiB': `${Math.round(memory.worker)}, ${Math.round(after.worker)} after the restart`,
        ...(findings.lost[0] === undefined ? {} : { first: findings.lost[0] }),
      },
    };
  } finally {
    await stack.stop();
  }
}

const allWait = (stack: FaultStack, count: number): Promise<number> => reaches(count, 'runs wait', () => countRuns(stack, 'waiting'));

export const startFlood: ApiFault = { id: 'F38', title: '10,000 starts at once', kills: { slice: 200, full: 10_000 }, play: manyStarts };
export const waitingQueue: ApiFault = {
  id: 'F30',
  title: '10,000 runs wait: the queue on rows that were written',
  kills: { slice: 10_000, full: 10_000 },
  play: longQueue,
};
export const f38 = onItsOwnStack(startFlood);
export const f30 = onItsOwnStack(waitingQueue);
export const f30b: Fault = {
  id: 'F30b',
  title: 'runs started at once wait for people, the whole stack killed and started',
  kills: { slice: 40, full: 10_000 },
  run: wholeStack,
};
