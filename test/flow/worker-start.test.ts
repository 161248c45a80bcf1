import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { startWorkerChild } from '../stack/child.ts';
import { testDatabase } from '../stack/database.ts';
import { testTemporal } from '../stack/temporal.ts';

const home = await mkdtemp(join(tmpdir(), 'trimtab-worker-start-'));
const { url } = await testDatabase();
afterAll(() => rm(home, { recursive: true, force: true }));

/** What a worker of the example chains warns of at its start, with these keys. */
async function warnings(keys: Record<string, string>): Promise<string[]> {
  const worker = await startWorkerChild({
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DATABASE_URL: url,
      TEMPORAL_ADDRESS: testTemporal().address,
      TRIMTAB_HOME: home,
      TRIMTAB_TASK_QUEUE: `worker-start-${process.pid}`,
      TRIMTAB_READER_URL: 'postgres://nobody@127.0.0.1:1/none',
      TRIMTAB_LOG: 'warn',
      ...keys,
    },
  });
  await worker.end('SIGTERM');
  return worker
    .said()
    .split('\n')
    .filter((line) => line.includes('"level":"warn"'))
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
    .filter((msg) => / judges /.test(msg));
}

it('a worker warns at its start of each judge that is of the family of who writes', async () => {
  expect(await warnings({ OPENAI_API_KEY: 'a key' })).toEqual([
    expect.stringMatching(
      /^judge \(openai\/gpt-4\.1\) judges writer \(openai\/gpt-4\.1-mini\), both of the family GPT: .*give models\.judge another family/,
    ),
    expect.stringMatching(/^judge \(openai\/gpt-4\.1\) judges writer-large \(openai\/gpt-4\.1\), both of the family GPT/),
  ]);
}, 120_000);

it('a worker whose judge is of another family than its writers says nothing of the kind', async () => {
  expect(await warnings({ OPENAI_API_KEY: 'a key', ANTHROPIC_API_KEY: 'another' })).toEqual([]);
}, 120_000);
