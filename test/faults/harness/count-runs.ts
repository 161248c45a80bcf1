import { sql } from 'kysely';
import type { FaultStack } from './stack.ts';

/** So many runs have one of these statuses. */
export async function countRuns({ db }: Pick<FaultStack, 'db'>, ...statuses: string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from runs where status = any(${statuses})`.execute(db);
  return rows[0]?.n ?? 0;
}
