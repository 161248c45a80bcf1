import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { ensureReaderRole } from '../../src/tools/reader-role.ts';

const insufficientPrivilege = '42501';
const views = ['orders', 'order_items', 'customers'];

/**
 * Make the demo's views for text-to-sql and the address of a role that reads them and nothing else. Null when we may not make
 * roles there: then set TRIMTAB_SQL_URL by hand.
 */
export async function createReportsReader(db: Database, url: string): Promise<string | null> {
  await sql.raw(await readFile(fileURLToPath(new URL('./reports.sql', import.meta.url)), 'utf8')).execute(db);
  const database = (await sql<{ name: string }>`select current_database() as name`.execute(db)).rows[0]?.name ?? '';
  const role = `reports_reader_${database.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`.slice(0, 63);
  const password = randomBytes(24).toString('base64url');
  try {
    await ensureReaderRole(db, { schema: 'reports', role, password, relations: views });
  } catch (error) {
    if ((error as { code?: string }).code === insufficientPrivilege) return null;
    throw error;
  }
  const reader = new URL(url);
  reader.username = role;
  reader.password = password;
  return reader.href;
}
