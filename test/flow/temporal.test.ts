import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from './scenarios.ts';
import { startPlayer, type TemporalPlayer } from './temporal-player.ts';

/** What cannot be played on a real server, and why. */
const skips: Record<string, string> = {
  'clock, chance and sleep are the same in every pass, and nobody sleeps twice': 'sleeps for hours; the server has no clock of ours',
  'a question that nobody decides expires, and the run fails': 'waits for days; the server has no clock of ours',
  'rate limits are waited for, then another model is asked, then the run is blocked until somebody says retry':
    'waits for minutes; the server has no clock of ours',
  'a long history is left at a quiet moment, and its answers are kept': "the length of a history is the server's to say",
};

let player: TemporalPlayer;
beforeAll(async () => {
  player = await startPlayer(`scenarios-${process.pid}`);
});
afterAll(() => player.stop());

describe('on Temporal', () => {
  for (const scenario of scenarios) {
    const reason = skips[scenario.name];
    test.skipIf(reason !== undefined)(`${scenario.name}${reason ? ` (skipped: ${reason})` : ''}`, async () => {
      const { ended, seen, handle } = await player.play(scenario);
      scenario.expect(ended, seen);
      await player.replay(handle);
      expect(ended).toBeTruthy();
    });
  }
});
