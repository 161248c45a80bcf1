/**
 * `npm run bench:draws -- [--draws N] [--from N] [--chains A,B] [--out FILE.jsonl]`
 * The cases of the example chains on the demo model, under several draws of its faults: how many hold, by chain, and which
 * do not. A draw is a seed of the demo model; the same seed makes the same faults. `--out`: the steps of each case that did
 * not hold, and the faults that were planted on its way.
 */
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Call } from '../cli/client.ts';
import { runCases } from '../cli/eval-cases.ts';
import { demoFaultPlan } from '../runtime/demo/fault-plan.ts';
import { readFaults } from '../runtime/demo/model/fault-log.ts';
import { startShop } from '../runtime/demo/start.ts';
import { parseCases } from '../src/evaluate/case-file.ts';
import { evaluationOf, type CaseResult } from '../src/evaluate/evaluation.ts';
import { startWikipediaServer, type WikipediaPage } from '../testing/wikipedia-server.ts';
import { benchStack, type BenchStack } from './stack.ts';

const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    chains: { type: 'string', default: 'support-reply,grounded-answer,research-answer,text-to-sql,meeting-to-crm' },
    out: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '..');
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const articles = (await readFile(join(root, 'chains/research-answer/articles.jsonl'), 'utf8')).trim().split('\n');
const wikipedia = await startWikipediaServer(articles.map((line) => JSON.parse(line) as WikipediaPage));
const stack = await benchStack({
  configFile: join(root, 'trimtab.config.ts'),
  plan: demoFaultPlan,
  async world({ home, db, url }) {
    const shop = await startShop(home, db, url);
    return { env: { ...shop.env, TRIMTAB_ENDPOINT_WIKIPEDIA: wikipedia.url, SERPAPI_API_KEY: '' }, stop: shop.stop };
  },
});

async function api<T>({ url, key }: BenchStack, path: string, call: Call = {}): Promise<T> {
  const asked = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  const response = await fetch(`${url}${path}?${new URLSearchParams(asked)}`, {
    method: call.method ?? 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function evaluate(chain: string, draw: string): Promise<CaseResult[]> {
  const file = join(root, 'chains', chain, 'cases.jsonl');
  const results: CaseResult[] = [];
  await runCases(parseCases(await readFile(file, 'utf8'), file), {
    api: (path, call) => api(stack, path, call),
    chain,
    file,
    evaluation: `draw ${draw}`,
    concurrency: Infinity,
    keep: false,
    signal: new AbortController().signal,
    onResult: (result) => results.push(result),
  });
  return results;
}

const percent = (share: number): string => (100 * share).toFixed(1);

function told(results: readonly CaseResult[]): string {
  const { passed, judged, pass_rate, interval, ways, attempts, known_cost_usd } = evaluationOf(results, results.length);
  const how = ways.map(({ way, cases, passed: held }) => `${way} ${held} of ${cases}`).join(', ');
  return `${passed} of ${judged} (${percent(pass_rate)} % [${percent(interval.low)}, ${percent(interval.high)}]); ${how}; ${attempts} attempts, $${known_cost_usd.toFixed(3)}`;
}

try {
  const all = new Map<string, CaseResult[]>(values.chains.split(',').map((chain) => [chain, []]));
  for (let n = Number(values.from); n < Number(values.from) + Number(values.draws); n += 1) {
    await stack.draw(String(n));
    for (const [chain, results] of all) {
      const drawn = await evaluate(chain, String(n));
      results.push(...drawn);
      for (const result of drawn.filter(({ passed }) => !passed)) {
        print(`draw ${n}, ${chain}, ${result.name}: ${result.status}; ${JSON.stringify(result.differences)}`);
        if (values.out) {
          const { data: steps } = await api<{ data: unknown }>(stack, `/v1/runs/${result.run_id}/steps`);
          const faults = readFaults(stack.faultLog).filter(({ call_id }) => call_id?.startsWith(result.run_id));
          appendFileSync(values.out, `${JSON.stringify({ draw: n, chain, result, steps, faults })}\n`);
        }
      }
    }
  }
  print('');
  for (const [chain, results] of all) print(`${chain.padEnd(16)} ${told(results)}`);
} finally {
  await stack.stop();
  await wikipedia.close();
}
