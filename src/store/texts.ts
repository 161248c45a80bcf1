import type { Handle } from './database.ts';

/** Keep a text under its run. The same text twice is one row. */
export async function putText(db: Handle, text: { run_id: string; hash: string; body: Buffer }): Promise<void> {
  await db
    .insertInto('texts')
    .values(text)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The bytes, or null when they went with their run. */
export async function getText(db: Handle, run_id: string, hash: string): Promise<Buffer | null> {
  const row = await db.selectFrom('texts').select('body').where('run_id', '=', run_id).where('hash', '=', hash).executeTakeFirst();
  return row?.body ?? null;
}
