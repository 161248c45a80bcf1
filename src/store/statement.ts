import { sql, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** What a statement changes, and how its part is called that returns the ids of it. */
export interface Change {
  name: string;
  part: RawBuilder<unknown>;
}

/** Changes in one statement, behind the notes that begin it; one at least. The ids in `column` of all that was changed. */
export async function changeTogether(
  db: Database,
  { notes, changes, column }: { notes: RawBuilder<unknown>; changes: readonly Change[]; column: 'id' | 'owner' },
): Promise<Set<string>> {
  const returned = changes.map(({ name }) => sql`select ${sql.ref(column)} as id from ${sql.ref(name)}`);
  const { rows } = await sql<{ id: string }>`with ${notes} ${sql.join(changes.map(({ part }) => part))}
    ${sql.join(returned, sql` union all `)}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
