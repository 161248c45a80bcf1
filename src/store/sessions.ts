import type { Database, Handle } from './database.ts';
import { audit } from './audit.ts';
import { hashOfSecret, newSecret } from './secrets.ts';
import { transact } from './transact.ts';

const linkMs = 15 * 60_000;
const sessionMs = 30 * 86_400_000;

/** Make a one-time sign-in link for a person, known or new. Returns its token. */
export async function inviteUser(db: Handle, name: string): Promise<string> {
  const token = newSecret();
  await db
    .insertInto('users')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto('sign_in_links')
    .values({ hash: hashOfSecret(token), user_name: name, expires_at: new Date(Date.now() + linkMs) })
    .execute();
  await audit(db, { actor: 'command line', action: 'user.invite', subject: name });
  return token;
}

/** Use a link up and begin a session. Null for a link that is unknown, used or too old. */
export async function signIn(db: Database, token: string): Promise<{ session: string; user: string; expires_at: Date } | null> {
  return transact(db, async (tx) => {
    const link = await tx
      .updateTable('sign_in_links')
      .set({ used_at: new Date() })
      .where('hash', '=', hashOfSecret(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', new Date())
      .returning('user_name')
      .executeTakeFirst();
    if (!link) return null;
    const session = newSecret();
    const expires_at = new Date(Date.now() + sessionMs);
    await tx
      .insertInto('sessions')
      .values({ hash: hashOfSecret(session), user_name: link.user_name, expires_at })
      .execute();
    await audit(tx, { actor: link.user_name, action: 'user.sign_in', subject: link.user_name });
    return { session, user: link.user_name, expires_at };
  });
}

/** Whose session this is, null when it is unknown or over. */
export async function findSession(db: Handle, session: string): Promise<string | null> {
  const row = await db
    .selectFrom('sessions')
    .select('user_name')
    .where('hash', '=', hashOfSecret(session))
    .where('expires_at', '>', new Date())
    .executeTakeFirst();
  return row?.user_name ?? null;
}

export async function signOut(db: Handle, session: string): Promise<void> {
  await db.deleteFrom('sessions').where('hash', '=', hashOfSecret(session)).execute();
}
