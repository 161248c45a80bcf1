import { sql } from 'kysely';
import type { Handle } from './database.ts';

/** How many attempts at a step ended so. */
export interface AttemptCount {
  step: string;
  remedy: string;
  outcome: string;
  count: number;
}

/** A run in numbers, when it has ended: what the worker's counters and the run's span say of it. Times in ms since 1970. */
export interface RunNumbers {
  started_at: number;
  attempts: AttemptCount[];
  input_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
}

/** Null for a run that is gone. */
export async function runNumbers(db: Handle, run_id: string): Promise<RunNumbers | null> {
  const run = await db.selectFrom('runs').select('started_at').where('id', '=', run_id).executeTakeFirst();
  if (!run) return null;
  const { rows } = await sql<AttemptCount & { draft: boolean; input: number; output: number; cost: number | null }>`
    select step, remedy, coalesce(outcome, result, status) as outcome, call = 'draft' as draft, count(*)::int as count,
      coalesce(sum(input_tokens), 0)::int as input, coalesce(sum(output_tokens), 0)::int as output, sum(cost_usd) as cost
    from attempts where run_id = ${run_id} group by 1, 2, 3, 4`.execute(db);
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    started_at: run.started_at.getTime(),
    attempts: rows.filter(({ draft }) => draft).map(({ step, remedy, outcome, count }) => ({ step, remedy, outcome, count })),
    input_tokens: sum(({ input }) => input),
    output_tokens: sum(({ output }) => output),
    cost_usd: rows.some(({ cost }) => cost !== null) ? sum(({ cost }) => cost ?? 0) : null,
  };
}
