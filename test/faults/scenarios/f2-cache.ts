import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient, workDone } from '../harness/client.ts';
import { ending } from '../harness/ending.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { supervise } from '../harness/supervisor.ts';
import { startTraffic, type Traffic } from '../harness/traffic.ts';
import { moments } from '../harness/under-fire.ts';

/** How many workflows a worker keeps: with none, every task replays its run from the start. */
const cacheSizes = [0, 1, 2, 3] as const;

const finishedRows = async ({ db }: FaultStack): Promise<Map<string, string>> => {
  const rows = await db
    .selectFrom('attempts')
    .select(['run_id', 'step', 'occurrence', 'attempt', 'call', 'owner', 'output_hash', 'ended_at', 'cost_usd'])
    .where('status', '=', 'finished')
    .execute();
  return new Map(
    rows.map(({ run_id, step, occurrence, attempt, call, ...rest }) => [
      [run_id, step, occurrence, attempt, call].join('/'),
      JSON.stringify(rest),
    ]),
  );
};

async function run({ kills, seed }: Size): Promise<Counts> {
  const random = seededRandom(seed);
  const stack = await startFaultStack({ packed: true });
  try {
    await stack.server();
    const client = createClient(stack);
    const people = peopleAtWork(client, { random });
    const done = workDone(stack, client);
    const recorded = new Map<string, string>();
    const flows: Traffic[] = [];
    let dead = 0;
    for (const size of cacheSizes) {
      const each = Math.max(1, Math.round(kills / cacheSizes.length / 2));
      const spare = (env: Record<string, string>) => stack.spare('worker', { ...env, TRIMTAB_WORKFLOW_CACHE: String(size) });
      const workers = [supervise(spare, moments(each, random, 2_500), done), supervise(spare, moments(each, random, 2_500), done)];
      const traffic = startTraffic(client, { width: 5, name: `cache ${size}`, only: ['plain', 'rude', 'garbled', 'busy'] });
      flows.push(traffic);
      await Promise.all(workers.map(({ done }) => done));
      for (const [key, row] of await finishedRows(stack)) recorded.set(key, recorded.get(key) ?? row);
      await traffic.stop();
      dead += workers.reduce((sum, { killed }) => sum + killed.length, 0) + workers.length;
      // The last run of this size is finished by the workers of the next.
      await Promise.all(workers.map((worker) => worker.current()?.end('SIGKILL')));
    }
    await stack.worker();
    return await ending(stack, client, {
      traffic: flows,
      people,
      kills: dead,
      async lost() {
        const now = await finishedRows(stack);
        return [...recorded].filter(([key, row]) => now.get(key) !== row).map(([key]) => `finished row changed: ${key}`);
      },
      notes: { cache: cacheSizes.join('-'), 'rows compared': recorded.size },
    });
  } finally {
    await stack.stop();
  }
}

export const cache: Fault = {
  id: 'F2',
  title: 'two workers killed alternately, workflow cache of 0 to 3',
  kills: { slice: 8, full: 96, part: 32 },
  run,
};
