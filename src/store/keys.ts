import { sql } from 'kysely';
import type { Handle } from './database.ts';
import { TrimtabError } from '../errors.ts';
import { audit } from './audit.ts';
import { newId } from './ids.ts';
import { hashOfSecret, newSecret } from './secrets.ts';

export const scopes = ['runs:write', 'runs:read', 'reviews:decide', 'admin'] as const;
export type Scope = (typeof scopes)[number];
export interface KeyFacts {
  id: string;
  name: string;
  scopes: Scope[];
}

/** Make a key. It is returned once and stored as a hash. */
export async function createKey(db: Handle, wanted: { name: string; scopes: readonly Scope[] }): Promise<{ id: string; key: string }> {
  const id = newId('key');
  const key = `tt_${newSecret()}`;
  await db
    .insertInto('api_keys')
    .values({ id, name: wanted.name, hash: hashOfSecret(key), scopes: [...wanted.scopes] })
    .execute();
  await audit(db, { actor: 'command line', action: 'key.create', subject: id, detail: { name: wanted.name, scopes: wanted.scopes } });
  return { id, key };
}

/** Whose keys these are, in their order; null for one that is unknown or revoked. */
export async function findKeys(db: Handle, keys: readonly string[]): Promise<(KeyFacts | null)[]> {
  const hashes = keys.map(hashOfSecret);
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'scopes', 'hash'])
    .where(sql<boolean>`hash = any(${[...new Set(hashes)]})`)
    .where('revoked_at', 'is', null)
    .execute();
  const found = new Map(rows.map(({ hash, id, name, scopes: granted }) => [hash, { id, name, scopes: granted as Scope[] }]));
  return hashes.map((hash) => found.get(hash) ?? null);
}

export interface KeyEntry extends KeyFacts {
  created_at: string;
  revoked_at: string | null;
}

/** Every key that was made, newest first; never the keys themselves. */
export async function listKeys(db: Handle): Promise<KeyEntry[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('created_at', 'desc').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes as Scope[],
    created_at: row.created_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }));
}

/** Make a key useless, at once. Throws `not_found` for one that is unknown or revoked already. */
export async function revokeKey(db: Handle, id: string): Promise<void> {
  const revoked = await db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (revoked.numUpdatedRows === 0n) throw new TrimtabError('not_found', `there is no key ${id} in use`);
  await audit(db, { actor: 'command line', action: 'key.revoke', subject: id });
}
