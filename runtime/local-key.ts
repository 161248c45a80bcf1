import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../src/store/database.ts';
import { createKey } from '../src/store/keys.ts';

/**
 * The key of the local stack, in credentials.json (mode 0600). The one that is there is kept while the database knows it.
 */
export async function localKey(db: Database, options: { home: string; url: string }): Promise<string> {
  const file = join(options.home, 'credentials.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { api_key?: string }).api_key : undefined;
  const key = known !== undefined && (await isKnown(db, known)) ? known : (await createKey(db, { name: 'local stack', scopes: ['runs:write', 'runs:read', 'reviews:decide', 'admin'] })).key;
  mkdirSync(options.home, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ url: options.url, api_key: key }, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return key;
}

async function isKnown(db: Database, key: string): Promise<boolean> {
  const hash = createHash('sha256').update(key).digest('hex');
  return (await db.selectFrom('api_keys').select('id').where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()) !== undefined;
}
