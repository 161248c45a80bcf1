import { afterAll, describe, expect, it } from 'vitest';
import { tallyKills } from '../stack/kill-tally.ts';
import { killChildren } from '../stack/trimtab-child.ts';
import { frozen } from './scenarios/f3-frozen-worker.ts';
import { temporalAway } from './scenarios/f5-temporal-away.ts';
import { noWorker } from './scenarios/f7-no-worker.ts';
import { drain } from './scenarios/f8-drain.ts';

/** Another one in every run of the suite, and in the message of an expectation that fails. */
const seed = Date.now() % 1_000_000;
afterAll(killChildren);

describe('nothing is lost and nothing is doubled', () => {
  it.each([frozen, temporalAway, noWorker, drain])('$id: $title', { timeout: 900_000 }, async (fault) => {
    const { lost, doubled, operations, kills, notes } = await fault.run({ kills: fault.kills.slice, seed, full: false });
    tallyKills(kills);
    expect({ lost, doubled, seed, notes }).toEqual({ lost: 0, doubled: 0, seed, notes });
    expect(operations).toBeGreaterThan(0);
    expect(kills).toBeGreaterThanOrEqual(fault.kills.slice);
  });
});
