import type { Handle } from './database.ts';

/** Keep a prompt version: stored on first use, so that a run that waits finishes on the words it began with (C4). */
export async function putPrompt(db: Handle, prompt: { name: string; version: string; source: string }): Promise<void> {
  const { name, version, source } = prompt;
  await db
    .insertInto('prompts')
    .values({ name, version, source })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The source text of a prompt version, null when it was never used here. */
export async function getPrompt(db: Handle, name: string, version: string): Promise<string | null> {
  const row = await db.selectFrom('prompts').select('source').where('name', '=', name).where('version', '=', version).executeTakeFirst();
  return row?.source ?? null;
}
