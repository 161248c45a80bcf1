import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { countRuns } from '../harness/count-runs.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { reaches } from '../harness/until.ts';

/** What an outage must leave possible: starts are accepted, reviews can be listed and decided. Returns how many of these worked. */
async function workWithoutTemporal(
  stack: FaultStack,
  client: ReturnType<typeof createClient>,
  name: string,
): Promise<{ asked: number; worked: number }> {
  const started = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      client.start(`${name} meanwhile ${n}`).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  const listed = await stack.call('/v1/reviews?status=pending&limit=5');
  const decided = await Promise.all(
    (listed.body.data as { id: string; run_id: string; version: number; value: unknown }[]).map((review) =>
      client.decide(review, { decision: 'approve' }).then(
        ({ status }) => (status === 200 ? 1 : 0),
        () => 0,
      ),
    ),
  );
  return { asked: started.length + decided.length, worked: [...started, ...decided].reduce<number>((sum, one) => sum + one, 0) };
}

/** kill -9 of Temporal with runs in flight and runs that wait, back after a while, again and again. */
async function run({ full, seed }: Size): Promise<Counts> {
  const many = full ? 200 : 20;
  const outages = full ? [1_000, 10_000, 60_000] : [1_000, 4_000];
  const stack = await startFaultStack();
  try {
    const [, worker] = [await stack.server(), await stack.worker()];
    const client = createClient(stack);
    await Promise.all(Array.from({ length: many }, (_, n) => client.start(`waits ${n}`)));
    await reaches(many, 'runs wait', () => countRuns(stack, 'waiting'));
    const tally = { asked: 0, worked: 0 };
    let decidedMs = 0;
    for (const [index, awayMs] of outages.entries()) {
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const flying = Array.from({ length: Math.ceil(many / outages.length) }, (_, n) => `flies ${index} ${n}`);
      for (const name of flying) stack.model.gates.set(name, answered);
      await Promise.all(flying.map((name) => client.start(name)));
      await reaches(flying.length, 'runs are in flight', () => flying.filter((name) => stack.model.callsFor(name).length >= 1).length);
      const from = Date.now();
      await stack.temporal.kill();
      setTimeout(answer, awayMs / 2);
      const done = await workWithoutTemporal(stack, client, `outage ${index}`);
      decidedMs = Math.max(decidedMs, Date.now() - from);
      tally.asked += done.asked;
      tally.worked += done.worked;
      await sleep(Math.max(0, awayMs - (Date.now() - from)));
      await stack.temporal.start();
    }
    const people = peopleAtWork(client, { random: seededRandom(seed) });
    await reaches(client.accepted.size, 'runs have ended', () => countRuns(stack, 'succeeded', 'failed', 'cancelled'));
    // Whoever decides while the records are looked at would make them disagree.
    await people.leave();
    const found = await settle(stack, client, { withinMs: 240_000 });
    const aliveMs = await liveness(stack, client);
    const succeeded = await countRuns(stack, 'succeeded');
    const alive = worker.said().includes('fatal') ? 1 : 0;
    return judge({
      operations: client.accepted.size + client.decided.size,
      kills: outages.length,
      succeeded: succeeded + client.decided.size,
      lost: found.lost.length + (tally.asked - tally.worked) + alive,
      doubled: found.doubled.length,
      notes: {
        in_flight: many,
        waiting: many,
        away_s: outages.map((ms) => ms / 1000).join('-'),
        accepted_while_away: tally.worked,
        slowest_round_ms: decidedMs,
        alive_ms: aliveMs,
        findings: [...found.lost, ...found.doubled].slice(0, 5).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const temporalAway: Fault = {
  id: 'F5',
  title: 'kill -9 of Temporal, runs in flight and waiting',
  kills: { slice: 2, full: 3 },
  run,
};
