import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { ensureReaderRole } from '../../src/tools/reader-role.ts';

const insufficientPrivilege = '42501';

/** A role per database, since roles are shared by all databases of a server. */
const roleOf = (database: string): string => `shop_reader_${database.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`.slice(0, 63);

/**
 * The address at which the shop's orders can be read and nothing else, under a role that is made, or given a new password,
 * here. `url`: the address of the database that `db` is connected to. Null when we may not make roles there: then set
 * TRIMTAB_READER_URL by hand.
 */
export async function createShopReader(db: Database, url: string): Promise<string | null> {
  const database = (await sql<{ name: string }>`select current_database() as name`.execute(db)).rows[0]?.name ?? '';
  const role = roleOf(database);
  const password = randomBytes(24).toString('base64url');
  try {
    await ensureReaderRole(db, { schema: 'shop', role, password, relations: ['customer_orders'] });
  } catch (error) {
    if ((error as { code?: string }).code === insufficientPrivilege) return null;
    throw error;
  }
  const reader = new URL(url);
  reader.username = role;
  reader.password = password;
  return reader.href;
}
