import { seededRandom } from '../../../src/correct/seeded-random.ts';
import type { Fault } from '../harness/fault.ts';
import { moments, underFire } from '../harness/under-fire.ts';

/** Two workers and two servers are killed at moments a seed gives, Temporal and Postgres one time in twenty each. */
export const random: Fault = {
  id: 'random',
  title: 'kill -9 at seeded moments: workers, servers, Temporal, Postgres',
  kills: { slice: 20, full: 600, part: 60 },
  run({ kills, seed }) {
    const dice = seededRandom(seed);
    const outages = Math.round(kills * 0.1);
    const each = Math.ceil((kills - outages) / 4);
    const some = (longestMs: number) => moments(each, dice, longestMs);
    return underFire(`random ${seed}`, { servers: [some(3_000), some(3_000)], workers: [some(5_000), some(5_000)], outages }, dice);
  },
};
