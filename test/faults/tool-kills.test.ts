import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { startProviderServer, type ProviderCall, type Scripted } from '../../testing/provider-server.ts';
import { startWorkerChild } from '../stack/child.ts';
import { startDesk } from '../stack/desk.ts';
import { testEngine, until } from '../stack/engine.ts';
import { tallyKills } from '../stack/kill-tally.ts';
import { killChildren } from '../stack/trimtab-child.ts';

const cwd = fileURLToPath(new URL('../projects/tools/', import.meta.url));

/** By what it was told so far: an order, then a refund, then the answer. */
const says = ({ talk }: ProviderCall): Scripted => {
  const told = talk.filter((part) => 'result' in part).length;
  if (told === 0) return { calls: [{ name: 'order_status', arguments: { id: 'A-1' } }] };
  if (told === 1) return { calls: [{ name: 'refund', arguments: { order: 'A-1', usd: 40 } }] };
  return { text: JSON.stringify({ text: 'Orders ship in two days [1].' }) };
};
const provider = await startProviderServer(says);
const desk = await startDesk();
const engine = await testEngine({
  worker: false,
  configFile: `${cwd}trimtab.config.ts`,
  env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
});
afterAll(async () => {
  await killChildren();
  await provider.stop();
});

it(
  'a talk with tools outlives the worker that it is in: no finished call is made again, and a write acts once',
  { timeout: 300_000 },
  async () => {
    const worker = (dies: string) => startWorkerChild({ cwd, env: { ...engine.env, TRIMTAB_CRASH_AT: dies } });
    const first = await worker('ledger.finish.committed:2');
    const { id } = (await engine.call('/v1/chains/orders/runs', { body: { input: { question: 'q', customer: 'c7' } } })).body;
    // The order was looked at and is on the record; Temporal was not told.
    expect((await first.ended).signal).toBe('SIGKILL');
    // The model has spoken, and nobody wrote it down.
    expect((await (await worker('call.answered:1')).ended).signal).toBe('SIGKILL');
    // The money is back, and nobody wrote it down.
    const third = await worker('call.answered:2');
    const run = async () => (await engine.call(`/v1/runs/${id}`)).body;
    const { review_id } = await until(async () => {
      const now = await run();
      return now.status === 'waiting' && now;
    });
    const review = (await engine.call(`/v1/reviews/${review_id}`)).body;
    expect(desk.effects.size).toBe(1);
    await engine.call(`/v1/reviews/${review_id}/decision`, { body: { version: review.version, decision: 'approve' } });
    expect((await third.ended).signal).toBe('SIGKILL');
    tallyKills(3);

    await worker('nowhere');
    const ended = await until(async () => {
      const now = await run();
      return now.status === 'succeeded' && now;
    });
    expect(ended.output).toEqual({ text: 'Orders ship in two days [1].' });
    const [attempt] = (await engine.call(`/v1/runs/${id}/steps`)).body.data[0].attempts;
    expect(attempt.calls.map(({ call, outcome }: { call: string; outcome: string }) => `${call} ${outcome}`)).toEqual([
      'tool/1/1/order_status/1 answer',
      'turn/2/1 abandoned',
      'turn/2/2 calls',
      'tool/2/1/refund/1 abandoned',
      'tool/2/1/refund/2 answer',
      'turn/3/1 answer',
    ]);
    expect(provider.calls).toHaveLength(4);
    expect(desk.requests.filter((key) => key === 'look A-1')).toHaveLength(1);
    const [key, again, ...others] = desk.requests.filter((one) => one.includes(':refund:'));
    expect(again).toBe(key);
    expect(others).toEqual([]);
    expect(desk.effects.get(key ?? '')).toBe('{"order":"A-1","usd":40}');
  },
);
