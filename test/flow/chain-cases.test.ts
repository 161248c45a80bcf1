import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startModel, startShop } from '../../runtime/demo/start.ts';
import type { Run } from '../../src/shapes/run.ts';
import { testEngine } from '../stack/engine.ts';

interface Case {
  name: string;
  input: unknown;
  holds: { waits_at?: string; ends?: string; abstains?: boolean; says: string[]; never_says: string[] };
}

const casesOf = async (chain: string): Promise<Case[]> =>
  (await readFile(join(import.meta.dirname, '../../chains', chain, 'cases.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

const engine = await testEngine({ worker: false });
const home = await mkdtemp(join(tmpdir(), 'trimtab-chain-cases-'));
const model = await startModel(home);
const shop = await startShop(home, engine.db, engine.env['DATABASE_URL'] ?? '');
afterAll(async () => {
  await engine.stopWorker();
  await Promise.all([model.stop(), shop.stop()]);
  await rm(home, { recursive: true, force: true });
});
await engine.restartWorker({ ...model.env, ...shop.env });

const run = async (chain: string, input: unknown): Promise<Run> =>
  (await engine.call(`/v1/chains/${chain}/runs?wait=25`, { body: { input } })).body as Run;

it.each(await casesOf('support-reply'))('support-reply: $name', async ({ input, holds }) => {
  const waiting = await run('support-reply', input);
  expect(waiting.status).toBe('waiting');
  const review = (await engine.call(`/v1/reviews/${waiting.review_id}`)).body as { step: string; value: { text: string } };
  if (holds.waits_at !== undefined) expect(review.step).toBe(holds.waits_at);
  for (const said of holds.says) expect(review.value.text).toContain(said);
  for (const said of holds.never_says) expect(review.value.text).not.toContain(said);
});

it.each(await casesOf('grounded-answer'))('grounded-answer: $name', async ({ input, holds }) => {
  const ended = await run('grounded-answer', input);
  const { text } = ended.output as { text: string };
  expect(ended.status).toBe(holds.ends);
  expect(/\[\d+\]/.test(text)).toBe(holds.abstains !== true);
  for (const said of holds.says) expect(text).toContain(said);
  for (const said of holds.never_says) expect(text).not.toContain(said);
});
