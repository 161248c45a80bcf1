import type { Handle } from './database.ts';
import { audit } from './audit.ts';
import { newId } from './ids.ts';
import { hashOfSecret, newSecret } from './secrets.ts';

export const scopes = ['runs:write', 'runs:read', 'reviews:decide', 'admin'] as const;
export type Scope = (typeof scopes)[number];
export interface KeyFacts { id: string; name: string; scopes: Scope[] }

/** Make a key. It is returned once and stored as a hash. */
export async function createKey(db: Handle, wanted: { name: string; scopes: readonly Scope[] }): Promise<{ id: string; key: string }> {
  const id = newId('key');
  const key = `tt_${newSecret()}`;
  await db.insertInto('api_keys').values({ id, name: wanted.name, hash: hashOfSecret(key), scopes: [...wanted.scopes] }).execute();
  await audit(db, { actor: 'command line', action: 'key.create', subject: id, detail: { name: wanted.name, scopes: wanted.scopes } });
  return { id, key };
}

/** Whose key this is; null for one that is unknown or revoked. */
export async function findKey(db: Handle, key: string): Promise<KeyFacts | null> {
  const row = await db.selectFrom('api_keys').select(['id', 'name', 'scopes']).where('hash', '=', hashOfSecret(key)).where('revoked_at', 'is', null).executeTakeFirst();
  return row ? { id: row.id, name: row.name, scopes: row.scopes as Scope[] } : null;
}
