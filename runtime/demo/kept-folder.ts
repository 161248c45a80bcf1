import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';

/** What lies in the folder, one JSON file a key: what came, with its id, its key and the time. */
export type Kept<T> = T & { id: string; idempotency_key: string; received_at: string };
export interface KeptFolder<T> {
  /** Keep it unless the key is known; answers what was kept first. */
  keep(key: string, value: T): Promise<Kept<T>>;
  /** Oldest first. */
  list(): Promise<Kept<T>[]>;
}

/** `prefix`: of the ids, such as `msg`. */
export async function openKeptFolder<T extends object>(folder: string, prefix: string): Promise<KeptFolder<T>> {
  await mkdir(folder, { recursive: true });
  return {
    async keep(key, value) {
      const id = `${prefix}_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
      const file = path.join(folder, `${id}.json`);
      const mine: Kept<T> = { id, idempotency_key: key, received_at: new Date().toISOString(), ...value };
      return (await writeOnce(file, JSON.stringify(mine, null, 2) + '\n')) ? mine : read<T>(file);
    },
    async list() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const all = await Promise.all(names.map((name) => read<T>(path.join(folder, name))));
      return all.toSorted((a, b) => a.received_at.localeCompare(b.received_at) || a.id.localeCompare(b.id));
    },
  };
}

const read = async <T>(file: string): Promise<Kept<T>> => JSON.parse(await readFile(file, 'utf8')) as Kept<T>;

/** A hard link appears whole or not at all, and only for the first writer. False: the file was there. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await unlink(draft);
  }
}
