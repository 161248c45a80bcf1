import { json, type Handle } from './database.ts';

/** Who did what to what. `detail` never holds texts of customers or models. */
export async function audit(
  db: Handle,
  entry: { actor: string; action: string; subject: string; detail?: Record<string, unknown> },
): Promise<void> {
  await db
    .insertInto('audit')
    .values({ actor: entry.actor, action: entry.action, subject: entry.subject, detail: json(entry.detail ?? {}) })
    .execute();
}
