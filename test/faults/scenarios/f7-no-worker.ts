import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { countRuns } from '../harness/count-runs.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack } from '../harness/stack.ts';
import { reaches, within } from '../harness/until.ts';

/** The only worker is killed; work comes in all the same, and the page learns of it. */
async function run({ full, seed }: Size): Promise<Counts> {
  const starts = full ? 100 : 10;
  const stack = await startFaultStack();
  try {
    await stack.server();
    const worker = await stack.worker();
    const client = createClient(stack);
    const ready = async (): Promise<{ status: number; missing: string }> => {
      const { status, body } = await stack.call('/readyz');
      return { status, missing: (body.missing as string[]).join('; ') };
    };
    await within(20_000, 'the stack is ready', async () => (await ready()).status === 200);
    await worker.end('SIGKILL');
    const from = Date.now();
    await Promise.all(Array.from({ length: starts }, (_, n) => client.start(`queued ${n}`)));
    await within(30_000, '/readyz says that there is no worker', async () => {
      const { status, missing } = await ready();
      return status === 503 && missing.includes('no worker is there');
    });
    const saidMs = Date.now() - from;
    if (full) await sleep(600_000 - saidMs);
    const untouched = await stack.db.selectFrom('runs').select('id').where('status', '=', 'running').where('plan', 'is', null).execute();
    await stack.worker();
    const people = peopleAtWork(client, { random: seededRandom(seed) });
    await within(20_000, 'the stack is ready again', async () => (await ready()).status === 200);
    await reaches(starts, 'runs have succeeded', () => countRuns(stack, 'succeeded'));
    const found = await settle(stack, client);
    const aliveMs = await liveness(stack, client);
    await people.leave();
    return judge({
      operations: starts + client.decided.size,
      kills: 1,
      succeeded: untouched.length + client.decided.size,
      lost: found.lost.length,
      doubled: found.doubled.length,
      notes: { without_worker_s: full ? 600 : Math.round(saidMs / 1000), said_no_worker_ms: saidMs, alive_ms: aliveMs },
    });
  } finally {
    await stack.stop();
  }
}

export const noWorker: Fault = { id: 'F7', title: 'no worker', kills: { slice: 1, full: 1 }, run };
