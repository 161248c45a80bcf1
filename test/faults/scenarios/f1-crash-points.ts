import { crashPoints as allPoints, type CrashPoint } from '../../../src/store/crash-point.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import type { Death } from '../harness/supervisor.ts';
import { underFire, type Fire } from '../harness/under-fire.ts';

/** Batches and gathered starts have kills of their own (batch-kills.test.ts, gathering-kills.test.ts). */
const crashPoints = allPoints.filter((point) => !/^(batch|gathering)\./.test(point));
const inServer = (point: CrashPoint): boolean => /^(request|decision|cancel|retry|delete|relay|webhook)\./.test(point);
/** Reached when a run has come to its review, or further. */
const late = (point: CrashPoint): boolean => /^(decision|cancel|retry|delete|settle|park|resume)/.test(point);

/** Reached by a worker that finds the open call of one that was killed: the two follow each other, and nobody else serves. */
const inheritance: readonly [CrashPoint, CrashPoint] = ['call.answered', 'ledger.taken_over'];

/** Every point once a round, at its first, then at a later passing. */
function deathsOf(points: readonly CrashPoint[], rounds: number, random: () => number): [Death[], Death[]] {
  const ordered = [...points.filter((point) => !late(point)), ...points.filter(late)];
  const all = Array.from({ length: rounds }, (_, round) =>
    ordered.map((point) => ({ at: round === 0 ? point : `${point}:${1 + Math.floor(random() * 4)}` })),
  ).flat();
  return [all.filter((_, n) => n % 2 === 0), all.filter((_, n) => n % 2 === 1)];
}

/** All boundaries, so many times each. */
export const everyPoint = (rounds: number, random: () => number): Required<Pick<Fire, 'servers' | 'workers' | 'alone'>> => ({
  servers: deathsOf(crashPoints.filter(inServer), rounds, random),
  workers: deathsOf(
    crashPoints.filter((point) => !inServer(point) && !inheritance.includes(point)),
    rounds,
    random,
  ),
  alone: Array.from({ length: rounds }, () => inheritance.map((at) => ({ at }))).flat(),
});

/** Two workers and two servers die at every boundary in turn, under all kinds of questions, with people at the queue. */
function run({ kills, seed }: Size): Promise<Counts> {
  const random = seededRandom(seed);
  return underFire(`crash ${seed}`, everyPoint(Math.max(1, Math.round(kills / crashPoints.length)), random), random);
}

export const crashes: Fault = {
  id: 'F1',
  title: 'kill -9 of workers and servers at every named boundary',
  kills: { slice: crashPoints.length, full: 10 * crashPoints.length, part: 2 * crashPoints.length },
  run,
};
