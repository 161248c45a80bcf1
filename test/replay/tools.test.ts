import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadProject } from '../../runtime/project.ts';
import { bundleWorkflows } from '../../runtime/workflow-bundle.ts';

const root = fileURLToPath(new URL('../projects/tools/', import.meta.url));
const histories = join(root, 'histories');
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
let folder: string;
let code: string;
beforeAll(async () => {
  Runtime.install({ logger: silent, telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  folder = await mkdtemp(join(tmpdir(), 'trimtab-replay-tools-'));
  code = (await bundleWorkflows(await loadProject(join(root, 'trimtab.config.ts')), folder)).code;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * `wrote-and-revised`: three calls at once, one that did not fit, one that a person allowed; a busy provider in the middle; a rejected
 * answer, and an attempt whose write had gone out before. `waits-to-write`: the same run while the person was asked.
 */
it.each(readdirSync(histories))('a run of a model with tools replays: %s', async (file) => {
  const history = JSON.parse(readFileSync(join(histories, file), 'utf8')) as { events: unknown[] };
  expect(history.events.length).toBeGreaterThan(15);
  await Worker.runReplayHistory({ workflowBundle: { code } }, history, file);
});
