/**
 * `npm run history:demo -- [--into FOLDER]` plays the example chains with the demo model, and chains of the test projects with a scripted one, on a
 * stack of its own. It stores one history of every kind of way a run takes, under test/histories/<version>, or in FOLDER (from test/histories).
 * To be run once a version, before its chains or its loop are changed.
 */
import { parseArgs } from 'node:util';
import { playExampleChains } from './histories/example-chains.ts';
import { startStack } from './histories/stack.ts';
import { playTestProjects } from './histories/test-projects.ts';

const { values } = parseArgs({ options: { into: { type: 'string' } } });
const stack = await startStack(values.into);
try {
  await playExampleChains(stack);
  await playTestProjects(stack);
} finally {
  await stack.stop();
}
