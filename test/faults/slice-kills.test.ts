import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../../src/correct/seeded-random.ts';
import { tallyKills } from '../stack/kill-tally.ts';
import { killChildren } from '../stack/trimtab-child.ts';
import type { Death } from './harness/supervisor.ts';
import { moments, underFire } from './harness/under-fire.ts';
import { everyPoint } from './scenarios/f1-crash-points.ts';

/** Another one in every run of the suite, and in the message of an expectation that fails. */
const seed = Date.now() % 1_000_000;
afterAll(killChildren);

/** After every death at a boundary some at any moment, until there are so many. */
const between = (points: readonly Death[], count: number, random: () => number): Death[] => {
  const more = moments(count - points.length, random, 1_500);
  const share = Math.ceil(more.length / points.length);
  return points.flatMap((point, n) => [point, ...more.slice(n * share, (n + 1) * share)]);
};

it(
  'a hundred kills at every boundary and between them, under all kinds of questions: nothing is lost, nothing is doubled',
  { timeout: 900_000 },
  async () => {
    const random = seededRandom(seed);
    const { servers, workers, alone } = everyPoint(1, random);
    const [serverA, serverB, workerA, workerB] = [
      ...servers.map((points) => between(points, 30, random)),
      ...workers.map((points) => between(points, 18, random)),
    ] as [Death[], Death[], Death[], Death[]];
    const counts = await underFire(
      `slice ${seed}`,
      { servers: [serverA, serverB], workers: [workerA, workerB], alone, outages: 2 },
      random,
    );
    tallyKills(counts.kills);
    console.log(JSON.stringify({ seed, ...counts }));
    expect({ seed, counts }).toMatchObject({ seed, counts: { lost: 0, doubled: 0 } });
    expect(counts.kills).toBeGreaterThanOrEqual(100);
  },
);
