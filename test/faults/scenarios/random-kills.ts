import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../runtime/local/ports.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { supervise, type Death } from '../harness/supervisor.ts';
import { endedAsMeant, forPeople, startTraffic } from '../harness/traffic.ts';

const moments = (count: number, random: () => number): Exclude<Death, null>[] =>
  Array.from({ length: count }, () => ({ afterMs: Math.floor(50 + random() * 3_000) }));

/** One of twenty kills meets Temporal, one of twenty Postgres, between pauses in which the processes come back. */
async function killServers(stack: FaultStack, kills: number, random: () => number): Promise<number> {
  for (let n = 0; n < kills; n += 1) {
    await sleep(3_000 + random() * 5_000);
    const victim = n % 2 === 0 ? stack.temporal : stack.postgres;
    await victim.kill();
    await sleep(random() * 2_000);
    await victim.start();
  }
  return kills;
}

/** Two workers and two servers are killed at moments a seed gives, Temporal and Postgres now and then, under all kinds of questions. */
async function run({ kills, seed }: Size): Promise<Counts> {
  const random = seededRandom(seed);
  const stack = await startFaultStack({ packed: true });
  try {
    const second = String(await freePort());
    const client = createClient(stack, [stack.url, `http://127.0.0.1:${second}`]);
    const each = Math.ceil((kills * 0.9) / 4);
    const slots = [
      supervise((env) => stack.server(env), moments(each, random)),
      supervise((env) => stack.server({ ...env, TRIMTAB_PORT: second }), moments(each, random)),
      supervise((env) => stack.worker(env), moments(each, random)),
      supervise((env) => stack.worker(env), moments(each, random)),
    ];
    const traffic = startTraffic(client, { width: 6, name: `random ${seed}` });
    const people = peopleAtWork(client, { random, pick: forPeople(traffic) });
    const outages = await killServers(stack, Math.round(kills * 0.1), random);
    await Promise.all(slots.map(({ done }) => done));
    await traffic.stop();
    const found = await settle(stack, client, { withinMs: 120_000 });
    const aliveMs = await liveness(stack, client);
    await people.leave();
    const ended = await endedAsMeant(stack, traffic);
    return judge({
      operations: client.accepted.size + client.decided.size,
      kills: outages + slots.reduce((sum, { killed }) => sum + killed.length, 0),
      succeeded: ended.right + 1 + client.decided.size,
      lost: found.lost.length + ended.wrong.length,
      doubled: found.doubled.length,
      notes: {
        seed,
        alive_ms: aliveMs,
        requests: client.sent,
        findings: [...found.lost, ...found.doubled, ...ended.wrong].slice(0, 5).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const random: Fault = {
  id: 'random',
  title: 'kill -9 at seeded moments: workers, servers, Temporal, Postgres',
  kills: { slice: 20, full: 600 },
  run,
};
