/** `npm run test:temporal-postgres [-- test files]`: the suite's core against Temporal's own server on Postgres instead of the development server. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../runtime/local/postgres.ts';
import { readConfig } from '../src/config.ts';
import { makeTemplates } from './real-temporal/databases.ts';
import { installTemporal } from './real-temporal/install.ts';
import { writeProgram } from './real-temporal/program.ts';

/** The main job; kill -9 of the worker, Postgres and Temporal (F2, F5, F9), of servers and workers at every boundary (F1, below). */
const core = ['test/flow/engine.test.ts', 'test/flow/reconcile.test.ts', 'test/faults/kills.test.ts', 'test/faults/outages.test.ts'];
const faults = 'F1,F2,F5,F9';

const wanted = process.argv.slice(2);
const say = (line: string): void => console.log(line);
const home = await mkdtemp(join(tmpdir(), 'trimtab-real-temporal-'));
const programs = await installTemporal(readConfig().cache, say);
const postgres = await startPostgres({ home, log: say, durable: false });
let failed = false;
try {
  const at = new URL(postgres.url);
  await makeTemplates(programs.sql, at);
  const env = { ...process.env, TEMPORAL_CLI: writeProgram(home, programs, at) };
  const run = async (args: string[]): Promise<void> => {
    say(`> npx ${args.join(' ')}`);
    failed = (await exitCode('npx', args, env)) !== 0 || failed;
  };
  await run(['vitest', 'run', ...(wanted.length > 0 ? wanted : core)]);
  if (wanted.length === 0 && existsSync('test/faults/run.ts'))
    await run(['tsx', 'test/faults/run.ts', '--only', faults, '--slice', '--rows', '.trimtab/faults-temporal-postgres.jsonl']);
} finally {
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

function exitCode(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    child.once('error', reject);
    child.once('close', resolve);
  });
}
