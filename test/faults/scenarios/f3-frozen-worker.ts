import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../harness/client.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { within } from '../harness/until.ts';

interface Row {
  attempt: number;
  outcome: string | null;
  status: string;
  owner: string;
  output: unknown;
}
const draftsOf = ({ db }: FaultStack, run_id: string): Promise<Row[]> =>
  db
    .selectFrom('attempts')
    .select(['attempt', 'outcome', 'status', 'owner', 'output'])
    .where('run_id', '=', run_id)
    .where('step', '=', 'draft')
    .where('call', '=', 'draft')
    .orderBy('attempt')
    .execute();

/** A worker stands still with calls open, another takes them over, the answers come while it stands, and then it goes on. */
async function run({ full }: Size): Promise<Counts> {
  const questions = full ? 20 : 5;
  const stillMs = full ? 60_000 : 16_000;
  const stack = await startFaultStack();
  try {
    await stack.server();
    const client = createClient(stack);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const names = Array.from({ length: questions }, (_, n) => `frozen ${n}`);
    for (const name of names) stack.model.gates.set(name, answered);
    const frozen = await stack.worker();
    const ids = await Promise.all(names.map((name) => client.start(name)));
    await within(60_000, 'every question is asked', async () => names.every((name) => stack.model.callsFor(name).length === 1));
    frozen.signal('SIGSTOP');
    const from = Date.now();
    await stack.worker();
    answer();
    // What Temporal hands to the frozen worker's open polls is lost for 10 s, each time.
    await within(180_000, 'the other worker has answered every question', async () =>
      (await Promise.all(ids.map((id) => draftsOf(stack, id)))).every((rows) => rows.at(-1)?.outcome === 'accepted'),
    );
    const takenOverMs = Date.now() - from;
    const before = await Promise.all(ids.map((id) => draftsOf(stack, id)));
    await sleep(Math.max(0, stillMs - (Date.now() - from)));
    frozen.signal('SIGCONT');
    // Its late results are in when it has nothing under way any more: told to end, it ends by itself.
    const { code } = await frozen.end('SIGTERM');
    const after = await Promise.all(ids.map((id) => draftsOf(stack, id)));
    const found = await settle(stack, client);
    const changed = after.filter((rows, n) => JSON.stringify(rows) !== JSON.stringify(before[n])).length;
    const right = after.filter((rows) => rows.map(({ outcome }) => outcome).join() === 'abandoned,accepted').length;
    const aliveMs = await liveness(stack, client);
    return judge({
      operations: questions,
      kills: 0,
      succeeded: right,
      lost: found.lost.length + (code === 0 ? 0 : 1),
      doubled: found.doubled.length + changed,
      notes: {
        stood_still_s: stillMs / 1000,
        taken_over_ms: takenOverMs,
        rows_changed_late: changed,
        alive_ms: aliveMs,
        findings: [...found.lost, ...found.doubled].slice(0, 3).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const frozen: Fault = { id: 'F3', title: 'SIGSTOP of a worker with calls open, then CONT', kills: { slice: 0, full: 0 }, run };
