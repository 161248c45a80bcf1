import { json, type Handle } from './database.ts';
import type { Who } from './who.ts';

/** Who did what to what. `detail` never holds texts of customers or models. */
export async function audit(
  db: Handle,
  entry: { actor: string | Who; action: string; subject: string; detail?: Record<string, unknown> },
): Promise<void> {
  await db
    .insertInto('audit')
    .values({ ...actorOf(entry.actor), action: entry.action, subject: entry.subject, detail: json(entry.detail ?? {}) })
    .execute();
}

export const actorOf = (actor: string | Who): { actor: string; actor_id: string | null } =>
  typeof actor === 'string' ? { actor, actor_id: null } : { actor: actor.name, actor_id: actor.id };
