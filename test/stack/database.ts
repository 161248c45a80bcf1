import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';

export interface TestDatabase {
  db: Database;
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A fresh migrated database, dropped when the file's tests are over (or when it is disposed). */
export async function testDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name} template template_trimtab`);
  const url = server.replace(/\/trimtab$/, `/${name}`);
  const db = openDatabase(url, { max: options.max ?? 8, name: 'trimtab test' });
  let gone = false;
  const drop = async (): Promise<void> => {
    if (gone) return;
    gone = true;
    await db.destroy();
    await onServer(server, `drop database if exists ${name} with (force)`);
  };
  afterAll(drop);
  return { db, url, [Symbol.asyncDispose]: drop };
}

async function onServer(url: string, statement: string): Promise<void> {
  // Two clones at a time of one template are refused while either is copying: try again.
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query(statement);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end();
    }
  }
}
