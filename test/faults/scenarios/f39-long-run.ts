import { Client, Connection } from '@temporalio/client';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack } from '../harness/stack.ts';
import { within } from '../harness/until.ts';

const suggested = 4_096;

/** Events of each history that the run had, oldest first. */
async function historiesOf(address: string, id: string): Promise<number[]> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  try {
    const runs: { at: number; events: number }[] = [];
    for await (const execution of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
      const { historyLength } = await client.workflow.getHandle(id, execution.runId).describe();
      runs.push({ at: execution.startTime.getTime(), events: historyLength });
    }
    return runs.toSorted((a, b) => a.at - b.at).map(({ events }) => events);
  } finally {
    await connection.close();
  }
}

/** One run with many turns, drafts and reviews: it goes on in new histories, and people decide all the while. */
async function run({ full, seed }: Size): Promise<Counts> {
  const [turns, drafts, reviews] = full ? [1_000, 300, 20] : [60, 20, 4];
  const stack = await startFaultStack({ project: 'long', durable: full });
  try {
    await stack.server();
    await stack.worker();
    const client = createClient(stack);
    const from = Date.now();
    const id = await client.start(`long: ${turns} turns ${drafts} drafts ${reviews} reviews`);
    const people = peopleAtWork(client, { random: seededRandom(seed) });
    const body = await within(full ? 900_000 : 60_000, 'the long run has ended', async () => {
      const { body: now } = await stack.call(`/v1/runs/${id}`);
      return (
        ['succeeded', 'failed', 'blocked'].includes((now as { status: string }).status) &&
        (now as { status: string; output: { turns: number; decisions: number } | null })
      );
    });
    const seconds = (Date.now() - from) / 1000;
    await people.leave();
    const found = await settle(stack, client);
    const histories = await within(30_000, 'Temporal lists its histories', async () => {
      const listed = await historiesOf(stack.temporalAddress, id);
      return listed.length > 0 && listed;
    });
    const tooLong = histories.filter((events) => events >= suggested).length;
    const rows = await stack.db
      .selectFrom('attempts')
      .select('attempt')
      .where('step', '=', 'draft')
      .where('outcome', '=', 'accepted')
      .execute();
    return judge({
      operations: turns,
      kills: 0,
      succeeded: body.output?.turns ?? 0,
      lost: found.lost.length + (reviews - (body.output?.decisions ?? 0)) + tooLong + (full && histories.length < 2 ? 1 : 0),
      doubled: found.doubled.length + Math.max(0, client.decided.size - reviews),
      notes: {
        drafts: rows.length,
        decisions: client.decided.size,
        histories: histories.join('-'),
        run_s: Math.round(seconds),
        findings: [...found.lost, ...found.doubled].slice(0, 3).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const longRun: Fault = {
  id: 'F39',
  title: 'one run of 1,000 turns, 300 attempts and 20 reviews',
  kills: { slice: 0, full: 0 },
  run,
};
