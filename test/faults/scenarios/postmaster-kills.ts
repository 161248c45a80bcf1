import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient, type Client } from '../harness/client.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { startTraffic } from '../harness/traffic.ts';
import { within } from '../harness/until.ts';

/** Milliseconds from Postgres' return until the API answers. */
async function answersAgain(stack: FaultStack): Promise<number> {
  const from = Date.now();
  await within(
    10_000,
    'the API answers within 10 s of the return of Postgres',
    async () => (await stack.call('/v1/runs?limit=1')).status === 200,
  );
  return Date.now() - from;
}

/** Real questions and people, while `disturb` does its worst; then everything must have come to its end, once. */
async function underLoad(
  name: string,
  size: Size,
  disturb: (at: { stack: FaultStack; client: Client; random: () => number }) => Promise<{ kills: number; notes: Record<string, number> }>,
): Promise<Counts> {
  const random = seededRandom(size.seed);
  const stack = await startFaultStack();
  try {
    await Promise.all([stack.server(), stack.worker()]);
    const client: Client = createClient(stack);
    const traffic = startTraffic(client, { width: 4, name, only: ['plain', 'rude', 'garbled', 'busy'] });
    const people = peopleAtWork(client, { random });
    await within(60_000, 'a first decision', async () => client.decided.size > 0);
    const { kills, notes } = await disturb({ stack, client, random });
    await traffic.stop();
    await within(
      120_000,
      'nothing waits',
      async () => (await sql`select 1 from runs where status <> 'succeeded' limit 1`.execute(stack.db)).rows.length === 0,
    );
    await people.leave();
    const alive = await liveness(stack, client);
    const { lost, doubled } = await settle(stack, client);
    const operations = client.accepted.size + client.decided.size;
    if (lost.length + doubled.length > 0) throw new Error([...lost, ...doubled].slice(0, 6).join('; '));
    return {
      operations,
      kills,
      succeeded: operations,
      lost: lost.length,
      doubled: doubled.length,
      notes: { ...notes, 'new run ms': alive },
    };
  } finally {
    await stack.stop();
  }
}

/** Postgres goes away with these calls at the provider; their answers come while it is away. Nobody may be asked again. */
async function answersMeanwhile({ stack, client, seconds }: { stack: FaultStack; client: Client; seconds: number }) {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const flying = Array.from({ length: 20 }, (_, n) => `in hand ${n}`);
  for (const name of flying) stack.model.gates.set(name, answered);
  await Promise.all(flying.map((name) => client.start(name)));
  await within(60_000, 'they are at the provider', async () => flying.every((name) => stack.model.callsFor(name).length === 1));
  await stack.postgres.stop();
  setTimeout(answer, seconds * 300);
  const refusals = await Promise.all([stack.call('/v1/runs?limit=1'), stack.call('/healthz')]);
  const told = refusals.map(({ status }) => status).join(', ');
  if (told !== '503, 200') throw new Error(`without Postgres a list and the health were answered ${told}`);
  await sleep(seconds * 1_000);
  await stack.postgres.start();
  const ms = await answersAgain(stack);
  await within(120_000, 'they wait for a person or have ended', async () => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from runs where input ->> 'question' like 'in hand %' and status in ('waiting', 'succeeded')`.execute(
      stack.db,
    );
    return rows[0]?.n === flying.length;
  });
  const again = flying.filter((name) => stack.model.callsFor(name, 'writer-1').length !== 1);
  if (again.length > 0) throw new Error(`asked again although the answer was in hand: ${again.join(', ')}`);
  return { kills: 0, notes: { 'seconds away': seconds, 'answers in hand': flying.length, 'ms until it answered': ms } };
}

export const f9: Fault = {
  id: 'F9',
  title: 'Postgres down 30 s under load',
  kills: { slice: 3, full: 30 },
  run: (size) => underLoad('outage', size, ({ stack, client }) => answersMeanwhile({ stack, client, seconds: size.kills })),
};
export const f10: Fault = {
  id: 'F10',
  title: 'postmaster kill -9 under load',
  kills: { slice: 2, full: 20 },
  run: (size) =>
    underLoad('postmaster', size, async ({ stack, random }) => {
      let slowest = 0;
      for (let n = 0; n < size.kills; n += 1) {
        await sleep(500 + random() * 2_500);
        await stack.postgres.kill();
        await stack.postgres.start();
        slowest = Math.max(slowest, await answersAgain(stack));
      }
      return { kills: size.kills, notes: { 'slowest ms until it answered': slowest } };
    }),
};
