/**
 * `npm run history:demo -- [--into FOLDER] [--only PART,…]` plays the example chains with the demo model, and chains of the test projects with a
 * scripted one, on stacks of its own. It stores one history of every kind of way a run takes, under test/histories/<version>, or in FOLDER (from
 * test/histories). To be run once a version, before its chains or its loop are changed.
 */
import { parseArgs } from 'node:util';
import { playExampleChains } from './histories/example-chains.ts';
import { playExampleWays, playLongRuns } from './histories/example-ways.ts';
import { startStack, type Stack } from './histories/stack.ts';
import { playLongBatches, playTestProjects, playThousands } from './histories/test-projects.ts';

/** Fewer events than two calls of a model make, more than a history begins with. */
const few = 8;

interface Part {
  longest?: number;
  plays: readonly ((stack: Stack) => Promise<void>)[];
}
const parts: Record<string, Part> = {
  ways: { plays: [playExampleWays] },
  chains: { plays: [playExampleChains] },
  projects: { plays: [playTestProjects] },
  thousands: { plays: [playThousands] },
  long: { longest: few, plays: [playLongRuns, playLongBatches] },
};

const { values } = parseArgs({ options: { into: { type: 'string' }, only: { type: 'string', default: Object.keys(parts).join() } } });
for (const name of values.only.split(',')) {
  const part = parts[name];
  if (!part) throw new Error(`--only ${name}: there are ${Object.keys(parts).join(', ')}`);
  const stack = await startStack({ into: values.into, ...(part.longest === undefined ? {} : { longest: part.longest }) });
  try {
    for (const play of part.plays) await play(stack);
  } finally {
    await stack.stop();
  }
}
