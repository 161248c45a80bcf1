import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { tallyKills } from '../stack/kill-tally.ts';
import { startApiStack, type ApiFault, type ApiStack } from './harness/api-stack.ts';
import { judge } from './harness/fault.ts';
import { connectionLimit, slowDatabase } from './scenarios/back-pressure.ts';
import { clashing } from './scenarios/clashes.ts';
import { apiKills } from './scenarios/f4-api-kills.ts';
import { webhooksInAndOut } from './scenarios/f31-webhooks.ts';
import { startFlood, waitingQueue } from './scenarios/floods.ts';
import { decisions } from './scenarios/decisions.ts';
import { lostReplies } from './scenarios/lost-replies.ts';

// Two API processes and their Postgres are started once; every fault is played on them in a small form. In full: npm run test:faults.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

let stack: ApiStack;
beforeAll(async () => {
  stack = await startApiStack();
});
afterAll(() => stack.stop());

const faults: ApiFault[] = [
  ...decisions,
  apiKills,
  webhooksInAndOut,
  lostReplies,
  clashing,
  connectionLimit,
  slowDatabase,
  startFlood,
  waitingQueue,
];

it.each(faults.map((fault) => ({ ...fault, name: `${fault.id} ${fault.title}` })))('$name: nothing is lost or doubled', async (fault) => {
  const counts = judge(await fault.play(stack, { kills: fault.kills.slice, seed: Date.now() % 1_000, full: false }));
  tallyKills(counts.kills);
  expect(counts).toMatchObject({ lost: 0, doubled: 0 });
});
