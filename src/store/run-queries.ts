import { sql, type Selectable } from 'kysely';
import type { Plan } from '../shapes/plan.ts';
import type { Run, RunError, RunUsage } from '../shapes/run.ts';
import type { Handle } from './database.ts';
import { decodeCursor, encodeCursor, type Page } from './page.ts';
import type { RunsTable } from './schema.ts';

/** What a run shows. Named one by one, so that Postgres may keep its plan (src/store/prepared.ts). */
const shown = [
  'id',
  'chain',
  'status',
  'input',
  'output',
  'error',
  'user_name',
  'metadata',
  'plan',
  'demo',
  'started_at',
  'ended_at',
] as const satisfies readonly (keyof RunsTable)[];
type Row = Pick<Selectable<RunsTable>, (typeof shown)[number]> & { review_id: string | null; usage: RunUsage | null };

const noUsage: RunUsage = { input_tokens: 0, output_tokens: 0, cost_usd: 0, unknown_cost_calls: 0, attempts: 0 };

const runFrom = (row: Row): Run => ({
  id: row.id,
  chain: row.chain,
  status: row.status as Run['status'],
  input: row.input ?? null,
  output: row.output ?? null,
  error: row.error as RunError | null,
  review_id: row.review_id,
  user: row.user_name,
  metadata: row.metadata as Run['metadata'],
  usage: row.usage ?? noUsage,
  plan: row.plan as Plan | null,
  demo: row.demo,
  started_at: row.started_at.toISOString(),
  ended_at: row.ended_at?.toISOString() ?? null,
});

/** A run that was accepted this moment. */
export const newRun = (run: Pick<Run, 'id' | 'chain' | 'input' | 'user' | 'metadata'> & { started_at: Date }): Run => ({
  id: run.id,
  chain: run.chain,
  status: 'running',
  input: run.input,
  output: null,
  error: null,
  review_id: null,
  user: run.user,
  metadata: run.metadata,
  usage: noUsage,
  plan: null,
  demo: false,
  started_at: run.started_at.toISOString(),
  ended_at: null,
});

/** Runs with what they used and the review that waits. Deleted runs are there as tombstones for counts, not for reading. */
const select = (db: Handle) =>
  db
    .selectFrom('runs')
    .select(shown)
    .where('deleted_at', 'is', null)
    .select([
      sql<
        string | null
      >`(select id from reviews where reviews.run_id = runs.id and reviews.status = 'pending' order by created_at limit 1)`.as('review_id'),
      sql<RunUsage>`(select jsonb_build_object('input_tokens', coalesce(sum(input_tokens), 0), 'output_tokens', coalesce(sum(output_tokens), 0), 'cost_usd', coalesce(sum(cost_usd), 0),
    'unknown_cost_calls', count(*) filter (where status = 'finished' and cost_usd is null), 'attempts', count(*) filter (where call = 'draft')) from attempts where attempts.run_id = runs.id)`.as(
        'usage',
      ),
    ]);

export async function getRun(db: Handle, id: string): Promise<Run | null> {
  const row = await select(db).where('id', '=', id).executeTakeFirst();
  return row ? runFrom(row as Row) : null;
}

export interface RunFilter {
  chain?: string | undefined;
  status?: string | undefined;
  user?: string | undefined;
  batch?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  q?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** A gathering is no batch that anybody asked for. */
const ofBatch = (db: Handle, id: string) => db.selectFrom('batches').select('id').where('id', '=', id).where('gathered', '=', false);

/** Newest first. The cursor is the last row's place, so new runs do not shift the pages. `q` looks in the id, the input and the output. */
export async function listRuns(db: Handle, filter: RunFilter): Promise<Page<Run>> {
  let query = select(db)
    .select(sql<string>`runs.started_at::text`.as('sort_key'))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1);
  if (filter.chain !== undefined) query = query.where('chain', '=', filter.chain);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.user !== undefined) query = query.where('user_name', '=', filter.user);
  if (filter.batch !== undefined) query = query.where('batch_id', '=', ofBatch(db, filter.batch));
  if (filter.from !== undefined) query = query.where('started_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('started_at', '<', filter.to);
  if (filter.q !== undefined) {
    const like = `%${filter.q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    query = query.where((eb) =>
      eb.or([
        eb('id', '=', filter.q ?? ''),
        eb(sql<string>`runs.input::text`, 'ilike', like),
        eb(sql<string>`runs.output::text`, 'ilike', like),
      ]),
    );
  }
  if (filter.cursor !== undefined) {
    const [at = '', id = ''] = decodeCursor(filter.cursor).split('|');
    query = query.where(sql<boolean>`(runs.started_at, runs.id) < (${at}::timestamptz, ${id})`);
  }
  const rows = await query.execute();
  const data = rows.slice(0, filter.limit);
  const last = data.at(-1);
  return {
    data: data.map((row) => runFrom(row as Row)),
    next_cursor: rows.length > filter.limit && last ? encodeCursor(`${last.sort_key}|${last.id}`) : null,
  };
}
