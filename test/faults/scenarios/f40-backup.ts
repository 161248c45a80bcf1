import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { startPostgres } from '../../../runtime/local/postgres.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { callApi } from '../../stack/call-api.ts';
import { startChild } from '../../stack/trimtab-child.ts';
import type { Restored } from '../../../runtime/reconcile-restored.ts';
import { backUp } from '../harness/base-backup.ts';
import { createClient, type PendingReview } from '../harness/client.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { within } from '../harness/until.ts';

const projects = fileURLToPath(new URL('../../projects/', import.meta.url));

/** Reviews of these questions, once all of them wait. */
async function waitingFor(stack: FaultStack, ids: readonly string[]): Promise<PendingReview[]> {
  return within(300_000, 'all runs wait for a person', async () => {
    const { rows } =
      await sql<PendingReview>`select id, run_id, version, value from reviews where status = 'pending' and run_id in (${sql.join(ids)})`.execute(
        stack.db,
      );
    return rows.length === ids.length && rows;
  });
}
const ended = (db: FaultStack['db'], ids: readonly string[]): Promise<true> =>
  within(300_000, 'those decided have ended', async () => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from runs where id in (${sql.join(ids)}) and status = 'succeeded'`.execute(db);
    return rows[0]?.n === ids.length;
  });

/**
 * A backup of Postgres while runs go on; work after it, which only Temporal remembers; then the backup, elsewhere, beside
 * that Temporal. `trimtab reconcile` names what differs; what waits is decided and ends.
 */
async function run({ kills: each }: Size): Promise<Counts> {
  const stack = await startFaultStack();
  const elsewhere = await mkdtemp(join(tmpdir(), 'trimtab-restored-'));
  let copy: Awaited<ReturnType<typeof startPostgres>> | null = null;
  try {
    const [server, worker] = await Promise.all([stack.server(), stack.worker()]);
    const client = createClient(stack);
    const start = (name: string) => Promise.all(Array.from({ length: each }, (_, n) => client.start(`${name} ${n}`)));
    const approve = (reviews: readonly PendingReview[]) =>
      Promise.all(reviews.map((review) => client.decide(review, { decision: 'approve' })));
    const [done, later, left] = [await start('done before'), await start('decided after'), await start('left waiting')];
    await approve(await waitingFor(stack, done));
    await ended(stack.db, done);
    const [laterReviews, leftReviews] = [await waitingFor(stack, later), await waitingFor(stack, left)];
    // Runs come in while the files are copied.
    const during = start('during the copy');
    await backUp(stack.databaseUrl, { home: stack.home, to: elsewhere });
    await approve(laterReviews);
    await ended(stack.db, later);
    const strangers = await start('started after');
    await waitingFor(stack, [...strangers, ...(await during)]);
    const effects = stack.desk.effects.size;
    await Promise.all([server.end('SIGKILL'), worker.end('SIGKILL')]);
    // Its connections would be waited for when the stack ends.
    await stack.db.destroy();
    await stack.postgres.stop();

    copy = await startPostgres({ home: elsewhere, log: () => undefined });
    const env = { ...stack.env, DATABASE_URL: copy.url, TRIMTAB_HOME: elsewhere };
    const reconciling = startChild(['reconcile', '--adopt', '--json'], { cwd: projects, env });
    const { code } = await reconciling.ended;
    if (code !== 0) throw new Error(`trimtab reconcile ended with ${code}: ${reconciling.said()}`);
    const report = JSON.parse(reconciling.said()) as Restored;
    const db = openDatabase(copy.url, { max: 2 });
    try {
      const servers = [startChild(['server'], { cwd: projects, env }), startChild(['worker'], { cwd: projects, env })];
      await Promise.all([servers[0]?.until('listens'), servers[1]?.until('serves')]);
      const call = (path: string, body: unknown) => callApi({ url: stack.url, key: stack.key }, path, { body });
      const answers = await Promise.all(
        leftReviews.map((review) => call(`/v1/reviews/${review.id}/decision`, { decision: 'approve', version: review.version })),
      );
      await ended(db, left);
      const { rows } = await sql<{ id: string; status: string }>`select id, status from runs`.execute(db);
      const statuses = new Map(rows.map(({ id, status }) => [id, status]));
      await Promise.all(servers.map((child) => child.end('SIGKILL')));
      const wrong = [
        ...laterReviews
          .filter(({ id }) => !report.decisions_recovered.includes(id))
          .map(({ id }) => `the decision on ${id} was not recovered`),
        ...later
          .filter((id) => !report.completed.includes(id) || statuses.get(id) !== 'succeeded')
          .map((id) => `${id} is ${statuses.get(id)}`),
        ...strangers.filter((id) => !report.adopted.includes(id) || !statuses.has(id)).map((id) => `${id} was not taken in`),
        ...done.filter((id) => statuses.get(id) !== 'succeeded').map((id) => `${id}, done before, is ${statuses.get(id)}`),
        ...answers
          .filter(({ status }) => status !== 200)
          .map(({ status, body }) => `a decision was answered ${status} ${JSON.stringify(body)}`),
      ];
      if (wrong.length > 0) throw new Error(`${wrong.slice(0, 6).join('; ')} (${JSON.stringify(report)})`);
      return {
        operations: 5 * each,
        kills: 2,
        succeeded: 5 * each,
        lost: 0,
        doubled: stack.desk.effects.size - effects - each,
        notes: {
          'decisions recovered': report.decisions_recovered.length,
          'completed meanwhile': report.completed.length,
          'taken in': report.adopted.length,
        },
      };
    } finally {
      await db.destroy();
    }
  } finally {
    await copy?.stop();
    await stack.stop();
    await rm(elsewhere, { recursive: true, force: true });
  }
}

export const f40: Fault = { id: 'F40', title: 'backup while running, restored elsewhere', kills: { slice: 2, full: 20 }, run };
