import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { OutgoingReply } from './help-desk.ts';

/** What lies in the sent folder, one JSON file a key. */
export interface SentReply extends OutgoingReply {
  id: string;
  idempotency_key: string;
  received_at: string;
}
export interface SentFolder {
  /** Keep the reply unless the key is known; answers what was kept first. */
  keep(key: string, reply: OutgoingReply): Promise<{ id: string; to: string }>;
  /** Oldest first. */
  list(): Promise<SentReply[]>;
}

export async function openSentFolder(folder: string): Promise<SentFolder> {
  await mkdir(folder, { recursive: true });
  return {
    async keep(key, reply) {
      const id = `msg_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
      const file = path.join(folder, `${id}.json`);
      const mine: SentReply = { id, idempotency_key: key, received_at: new Date().toISOString(), ...reply };
      const kept = (await writeOnce(file, JSON.stringify(mine, null, 2) + '\n')) ? mine : await read(file);
      return { id: kept.id, to: kept.to };
    },
    async list() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const all = await Promise.all(names.map((name) => read(path.join(folder, name))));
      return all.toSorted((a, b) => a.received_at.localeCompare(b.received_at) || a.id.localeCompare(b.id));
    },
  };
}

const read = async (file: string): Promise<SentReply> => JSON.parse(await readFile(file, 'utf8')) as SentReply;

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
