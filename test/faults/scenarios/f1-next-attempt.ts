import { sql } from 'kysely';
import { createClient, type Client } from '../harness/client.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { reaches } from '../harness/until.ts';

interface Dying {
  slowestMs: number;
  /** Calls with one attempt that was lost and one that was made again. */ right: number;
}

const draftsOf = ({ db }: FaultStack, run_id: string) =>
  db
    .selectFrom('attempts')
    .select(['outcome', 'started_at'])
    .where('run_id', '=', run_id)
    .where('step', '=', 'draft')
    .where('call', '=', 'draft')
    .orderBy('attempt')
    .execute();

const waitingWarm = async ({ db }: FaultStack): Promise<number> =>
  (
    await sql<{ n: number }>`select count(*)::int as n from runs where status = 'waiting' and input ->> 'question' like 'warms %'`.execute(
      db,
    )
  ).rows[0]?.n ?? 0;

/** From the death of the only worker to the next attempt of each of its calls, by one that had begun to serve just before. */
async function dying(
  stack: FaultStack,
  client: Client,
  { name, questions, warm }: { name: string; questions: number; warm: number },
): Promise<Dying> {
  const names = Array.from({ length: questions }, (_, n) => `${name} ${n}`);
  const times = (count: number): number => names.filter((each) => stack.model.callsFor(each, 'writer-1').length >= count).length;
  const worker = await stack.worker();
  await Promise.all(Array.from({ length: warm }, (_, n) => client.start(`warms ${n}`)));
  await reaches(warm, 'runs that show how quick the model is', () => waitingWarm(stack));
  const never = new Promise<never>(() => undefined);
  for (const each of names) stack.model.gates.set(each, never);
  const ids = await Promise.all(names.map((each) => client.start(each)));
  await reaches(questions, 'calls under way', () => times(1));
  const other = await stack.worker();
  const from = Date.now();
  await worker.end('SIGKILL');
  await reaches(questions, 'calls made again', () => times(2));
  const drafts = await Promise.all(ids.map((id) => draftsOf(stack, id)));
  await settle(stack, client);
  await other.end('SIGTERM');
  return {
    slowestMs: Math.max(...drafts.map((attempts) => Number(attempts[1]?.started_at) - from)),
    right: drafts.filter((attempts) => attempts.length === 2 && attempts[0]?.outcome === 'abandoned').length,
  };
}

/** Once with a model that nobody has measured yet, whose calls Temporal hands out one by one, and once with one that is known to be quick, whose calls are made where the run is. */
async function run({ full }: Size): Promise<Counts> {
  const questions = full ? 50 : 10;
  const stack = await startFaultStack();
  try {
    await stack.server();
    const client = createClient(stack);
    const unmeasured = await dying(stack, client, { name: 'unmeasured', questions, warm: 0 });
    const quick = await dying(stack, client, { name: 'quick', questions, warm: 30 });
    await stack.worker();
    const found = await settle(stack, client);
    const aliveMs = await liveness(stack, client);
    return judge({
      operations: 2 * questions,
      kills: 2,
      succeeded: unmeasured.right + quick.right,
      lost: found.lost.length,
      doubled: found.doubled.length,
      notes: {
        'next attempt after ms, at most': `${unmeasured.slowestMs} (handed out one by one), ${quick.slowestMs} (made where the run is)`,
        'new run ms': aliveMs,
      },
    });
  } finally {
    await stack.stop();
  }
}

export const nextAttempt: Fault = {
  id: 'F1b',
  title: 'kill -9 of a worker with calls under way: the next attempt',
  kills: { slice: 2, full: 2 },
  run,
};
