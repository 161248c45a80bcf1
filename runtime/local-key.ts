import type { Database } from '../src/store/database.ts';
import { createKey, findKeys } from '../src/store/keys.ts';
import { readCredentials, writeCredentials } from './local/home.ts';

/** The key of the local stack, in credentials.json (mode 0600). The one that is there is kept while the database knows it. */
export async function localKey(db: Database, options: { home: string; url: string }): Promise<string> {
  const known = (await readCredentials(options.home))?.api_key;
  const kept = known !== undefined && (await findKeys(db, [known]))[0] ? known : null;
  const api_key =
    kept ?? (await createKey(db, { name: 'local stack', scopes: ['runs:write', 'runs:read', 'reviews:decide', 'admin'] })).key;
  await writeCredentials(options.home, { url: options.url, api_key });
  return api_key;
}
