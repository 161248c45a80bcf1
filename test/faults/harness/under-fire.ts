import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../runtime/local/ports.ts';
import { createClient, workDone } from './client.ts';
import { ending } from './ending.ts';
import type { Counts } from './fault.ts';
import { peopleAtWork } from './people.ts';
import { say } from './say.ts';
import { startFaultStack, type FaultStack } from './stack.ts';
import { supervise, type Death } from './supervisor.ts';
import { forPeople, startTraffic } from './traffic.ts';

/** What dies of what, in which order: two servers and two workers, one list each, and a worker alone after them. */
export interface Fire {
  servers: [Death[], Death[]];
  workers: [Death[], Death[]];
  /** Deaths of one worker when no other serves. */
  alone?: Death[];
  /** So many times Temporal or Postgres, in turn. */
  outages?: number;
}

export const moments = (count: number, random: () => number, longestMs: number): Death[] =>
  Array.from({ length: count }, () => ({ afterMs: Math.floor(50 + random() * longestMs) }));

/** Kill Temporal and Postgres in turn, between pauses in which the processes come back. */
async function killPlaces(stack: FaultStack, kills: number, random: () => number): Promise<void> {
  for (let n = 0; n < kills; n += 1) {
    await sleep(3_000 + random() * 5_000);
    const victim = n % 2 === 0 ? stack.temporal : stack.postgres;
    await victim.kill();
    await sleep(random() * 2_000);
    await victim.start();
  }
}

/** Under questions of every kind with people at the queue, everything dies as it is told to; then nothing may be lost or doubled. */
export async function underFire(name: string, fire: Fire, random: () => number): Promise<Counts> {
  const { servers, workers, alone = [], outages = 0 } = fire;
  const stack = await startFaultStack({ packed: true });
  try {
    const second = String(await freePort());
    const client = createClient(stack, [stack.url, `http://127.0.0.1:${second}`]);
    const done = workDone(stack, client);
    const worker = (env: Record<string, string>) => stack.spare('worker', env);
    const slots = [
      supervise((env) => stack.spare('server', env), servers[0], done),
      supervise((env) => stack.spare('server', { ...env, TRIMTAB_PORT: second }), servers[1], done),
      supervise(worker, workers[0], done),
      supervise(worker, workers[1], done),
    ];
    const traffic = startTraffic(client, { width: 14, name });
    const people = peopleAtWork(client, { random, pick: forPeople(traffic) });
    const failing = setInterval(() => stack.hooks.failNext(1), 5_000);
    await Promise.all([killPlaces(stack, outages, random), ...slots.map(({ done }) => done)]).finally(() => clearInterval(failing));
    if (alone.length > 0) {
      await Promise.all(slots.slice(2).map((slot) => slot.current()?.end('SIGKILL')));
      const last = supervise(worker, alone, done);
      slots.push(last);
      await last.done;
    }
    const under = { runs: client.accepted.size, decisions: client.decided.size };
    await traffic.stop();
    return await ending(stack, client, {
      traffic: [traffic],
      people,
      kills: outages + (alone.length > 0 ? 2 : 0) + slots.reduce((sum, { killed }) => sum + killed.length, 0),
      notes: { 'started under fire': under.runs, 'decided under fire': under.decisions },
    });
  } catch (error) {
    // Said at once: taking down a stack that is half dead may fail too.
    say(`failed: ${String(error)}`);
    throw error;
  } finally {
    await stack.stop();
  }
}
