import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCases } from '../../cli/eval-cases.ts';
import { startDemoModel } from '../../runtime/demo/model/server.ts';
import { startModel, startShop } from '../../runtime/demo/start.ts';
import { parseCases } from '../../src/evaluate/case-file.ts';
import type { CaseResult } from '../../src/evaluate/evaluation.ts';
import { startWikipediaServer, type WikipediaPage } from '../../testing/wikipedia-server.ts';
import { testEngine, until } from '../stack/engine.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const chains = join(import.meta.dirname, '../../chains');
const engine = await testEngine({ worker: false });
const home = await mkdtemp(join(tmpdir(), 'trimtab-chain-cases-'));
const model = await startModel(home);
const faultless = await startDemoModel({ faults: false, log: () => undefined });
const articles = (await readFile(join(chains, 'research-answer/articles.jsonl'), 'utf8')).trim().split('\n');
const wikipedia = await startWikipediaServer(articles.map((line) => JSON.parse(line) as WikipediaPage));
const shop = await startShop(home, engine.db, engine.env['DATABASE_URL'] ?? '');
afterAll(async () => {
  await engine.stopWorker();
  await Promise.all([model.stop(), faultless.stop(), shop.stop(), wikipedia.close()]);
  await rm(home, { recursive: true, force: true });
});
const work = (demo: Record<string, string>): Promise<void> =>
  engine.restartWorker({ ...demo, ...shop.env, TRIMTAB_ENDPOINT_WIKIPEDIA: wikipedia.url, SERPAPI_API_KEY: '' });

/** What `trimtab eval` does, without its process. */
async function evaluate(chain: string): Promise<CaseResult[]> {
  const file = join(chains, chain, 'cases.jsonl');
  const results: CaseResult[] = [];
  await runCases(parseCases(await readFile(file, 'utf8'), file), {
    async api<T>(path: string, call: { method?: string; query?: Record<string, string | undefined>; body?: unknown } = {}): Promise<T> {
      const asked = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as [string, string]],
      );
      const { status, body } = await engine.call(`${path}?${new URLSearchParams(asked)}`, call);
      if (status >= 400) throw new Error(`${path}: ${JSON.stringify(body)}`);
      return body as T;
    },
    chain,
    file,
    evaluation: `eval_${chain}`,
    concurrency: Infinity,
    keep: false,
    signal: new AbortController().signal,
    onResult: (result) => results.push(result),
  });
  return results;
}

const examples = ['support-reply', 'grounded-answer', 'research-answer', 'text-to-sql', 'meeting-to-crm'];
const failedOf = (results: readonly CaseResult[]): CaseResult[] => results.filter(({ passed }) => !passed);
const nobodyWaits = (): Promise<unknown> => until(async () => (await engine.call('/v1/reviews?status=pending')).body.data.length === 0);

describe('on the demo model, when it makes no faults', () => {
  beforeAll(() => work({ TRIMTAB_DEMO_MODEL_URL: faultless.base_url }));

  it.each(examples)('every case of %s holds', async (chain) => {
    const results = await evaluate(chain);
    expect(results.length).toBeGreaterThanOrEqual(20);
    expect(failedOf(results)).toEqual([]);
    await nobodyWaits();
  });
});

describe('on the demo model, with the faults that it makes', () => {
  beforeAll(() => work(model.env));

  // Which answers go wrong is a draw that every word of a prompt changes; `npm run bench:draws` says how many cases fail over many.
  it.each(examples)('at most two cases of %s do not hold', async (chain) => {
    const results = await evaluate(chain);
    expect(failedOf(results).length, JSON.stringify(failedOf(results))).toBeLessThanOrEqual(2);
    await nobodyWaits();
  });
});
