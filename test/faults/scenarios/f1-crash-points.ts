import { freePort } from '../../../runtime/local/ports.ts';
import { crashPoints, type CrashPoint } from '../../../src/store/crash-point.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack } from '../harness/stack.ts';
import { supervise, type Death } from '../harness/supervisor.ts';
import { endedAsMeant, forPeople, startTraffic } from '../harness/traffic.ts';

const inServer = (point: CrashPoint): boolean => /^(request|decision|cancel|retry|delete|relay|webhook)\./.test(point);
/** Reached when a run has come to its review, or further. */
const late = (point: CrashPoint): boolean => /^(decision|cancel|retry|delete|settle|park|resume)/.test(point);

/** Reached by a worker that finds the open call of one that was killed: the two follow each other, and nobody else serves. */
const inheritance: readonly [CrashPoint, CrashPoint] = ['call.answered', 'ledger.taken_over'];

/** Every point once for every 35 kills, at its first, then at a later passing. */
function deathsOf(points: readonly CrashPoint[], rounds: number, random: () => number): Exclude<Death, null>[] {
  const ordered = [...points.filter((point) => !late(point)), ...points.filter(late)];
  return Array.from({ length: rounds }, (_, round) =>
    ordered.map((point) => ({ at: round === 0 ? point : `${point}:${1 + Math.floor(random() * 4)}` })),
  ).flat();
}

const halves = <T>(list: readonly T[]): [T[], T[]] => [list.filter((_, n) => n % 2 === 0), list.filter((_, n) => n % 2 === 1)];

/** Two workers and two servers die at every boundary in turn, under all kinds of questions, with people at the queue. */
async function run({ kills, seed }: Size): Promise<Counts> {
  const random = seededRandom(seed);
  const stack = await startFaultStack({ packed: true });
  try {
    const second = String(await freePort());
    const client = createClient(stack, [stack.url, `http://127.0.0.1:${second}`]);
    const rounds = Math.max(1, Math.round(kills / crashPoints.length));
    const [workerA, workerB] = halves(
      deathsOf(
        crashPoints.filter((point) => !inServer(point) && !inheritance.includes(point)),
        rounds,
        random,
      ),
    );
    const [serverA, serverB] = halves(deathsOf(crashPoints.filter(inServer), rounds, random));
    const slots = [
      supervise((env) => stack.server(env), serverA),
      supervise((env) => stack.server({ ...env, TRIMTAB_PORT: second }), serverB),
      supervise((env) => stack.worker(env), workerA),
      supervise((env) => stack.worker(env), workerB),
    ];
    const traffic = startTraffic(client, { width: 6, name: `crash ${seed}` });
    const people = peopleAtWork(client, { random, pick: forPeople(traffic) });
    const failing = setInterval(() => stack.hooks.failNext(1), 2_000);
    await Promise.all(slots.map(({ done }) => done)).finally(() => clearInterval(failing));
    await Promise.all(slots.slice(2).map((worker) => worker.current()?.end('SIGKILL')));
    const heir = supervise((env) => stack.worker(env), Array.from({ length: rounds }, () => inheritance.map((at) => ({ at }))).flat());
    slots.push(heir);
    await heir.done;
    await traffic.stop();
    const found = await settle(stack, client, { withinMs: 120_000 });
    const aliveMs = await liveness(stack, client);
    await people.leave();
    const ended = await endedAsMeant(stack, traffic);
    const dead = slots.reduce((sum, { killed }) => sum + killed.length, 0);
    return judge({
      operations: client.accepted.size + client.decided.size,
      kills: dead,
      succeeded: ended.right + 1 + client.decided.size,
      lost: found.lost.length + ended.wrong.length,
      doubled: found.doubled.length,
      notes: {
        points: crashPoints.length,
        alive_ms: aliveMs,
        requests: client.sent,
        findings: [...found.lost, ...found.doubled, ...ended.wrong].slice(0, 5).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const crashes: Fault = {
  id: 'F1',
  title: 'kill -9 of workers and servers at every named boundary',
  kills: { slice: crashPoints.length, full: 8 * crashPoints.length },
  run,
};
