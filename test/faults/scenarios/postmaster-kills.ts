import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { seededRandom } from '../../../testing/seeded-random.ts';
import { createClient, type Client } from '../harness/client.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { forPeople, startTraffic } from '../harness/traffic.ts';
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
  disturb: (stack: FaultStack, random: () => number) => Promise<{ kills: number; notes: Record<string, number> }>,
): Promise<Counts> {
  const random = seededRandom(size.seed);
  const stack = await startFaultStack();
  try {
    await Promise.all([stack.server(), stack.worker()]);
    const client: Client = createClient(stack);
    const traffic = startTraffic(client, { width: 4, name, only: ['plain', 'rude', 'garbled', 'busy'] });
    const people = peopleAtWork(client, { random, pick: forPeople(traffic) });
    await within(60_000, 'a first decision', async () => client.decided.size > 0);
    const { kills, notes } = await disturb(stack, random);
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

export const f9: Fault = {
  id: 'F9',
  title: 'Postgres down 30 s under load',
  kills: { slice: 3, full: 30 },
  run: (size) =>
    underLoad('outage', size, async (stack) => {
      await stack.postgres.stop();
      await sleep(size.kills * 1_000);
      await stack.postgres.start();
      return { kills: 0, notes: { 'seconds away': size.kills, 'ms until it answered': await answersAgain(stack) } };
    }),
};
export const f10: Fault = {
  id: 'F10',
  title: 'postmaster kill -9 under load',
  kills: { slice: 2, full: 20 },
  run: (size) =>
    underLoad('postmaster', size, async (stack, random) => {
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
