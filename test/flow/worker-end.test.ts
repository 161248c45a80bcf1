import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startChild } from '../stack/child.ts';
import { testDatabase } from '../stack/database.ts';
import { testTemporal } from '../stack/temporal.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let env: Record<string, string>;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'trimtab-worker-end-'));
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: (await testDatabase()).url,
    TEMPORAL_ADDRESS: testTemporal().address,
    TRIMTAB_HOME: home,
    TRIMTAB_TASK_QUEUE: `worker-end-${process.pid}`,
    TRIMTAB_READER_URL: 'postgres://nobody@127.0.0.1:1/none',
    TRIMTAB_LOG: 'silent',
  };
});
afterAll(() => rm(home, { recursive: true, force: true }));

it('a process ends by itself when its worker was stopped, and the one after it', async () => {
  const code = `
    import { runWorker } from ${JSON.stringify(new URL('../../runtime/worker-process.ts', import.meta.url).href)};
    for (let n = 0; n < 2; n += 1) {
      const worker = await runWorker({ log: () => console.log('serves') });
      worker.stop();
      await worker.done;
    }`;
  const file = join(home, 'two-workers.mjs');
  await writeFile(file, code);
  const child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said).toBe('serves\nserves\n');
}, 120_000);

it('a worker that cannot start ends with its cause, although Temporal had answered', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const worker = startChild(['worker'], { cwd: root, env: { ...env, TRIMTAB_METRICS: `127.0.0.1:${port}` } });
  expect(await worker.ended).toEqual({ code: 1, signal: null });
  expect(worker.said()).toContain(`TRIMTAB_METRICS: 127.0.0.1:${port} cannot be listened on (EADDRINUSE)`);
  taken.close();
}, 120_000);
