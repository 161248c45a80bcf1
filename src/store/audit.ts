import { json, type Handle } from './database.ts';
import type { Who } from './who.ts';

/** Who did what to what. `detail` never holds texts of customers or models. */
export async function audit(
  db: Handle,
  entry: { actor: string | Who; action: string; subject: string; detail?: Record<string, unknown> },
): Promise<void> {
  const actor =
    typeof entry.actor === 'string' ? { actor: entry.actor, actor_id: null } : { actor: entry.actor.name, actor_id: entry.actor.id };
  await db
    .insertInto('audit')
    .values({ ...actor, action: entry.action, subject: entry.subject, detail: json(entry.detail ?? {}) })
    .execute();
}
