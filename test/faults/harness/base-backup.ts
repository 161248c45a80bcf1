import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/**
 * A base backup of a Postgres that runs, as its manual describes it (low-level API): begin, copy the files, end, then copy
 * the log that was written meanwhile. `home`: of the installation; the copy can be started by giving `to` as another home.
 */
export async function backUp(url: string, { home, to }: { home: string; to: string }): Promise<void> {
  const [from, data] = [join(home, 'postgres', 'data'), join(to, 'postgres', 'data')];
  await mkdir(join(to, 'postgres'), { recursive: true });
  await chmod(to, 0o755);
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query("select pg_backup_start('fault test', true)");
    // Files come and go while they are copied: the log makes up for that, and only for that.
    await run('cp', ['-a', from, data]).catch((error: { stderr?: string; message: string }) => {
      const lines = (error.stderr ?? error.message).trim().split('\n');
      if (!lines.every((line) => line.includes('No such file or directory'))) throw error;
    });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await rm(join(data, 'pg_wal'), { recursive: true, force: true });
    await rm(join(data, 'postmaster.pid'), { force: true });
    await run('cp', ['-a', join(from, 'pg_wal'), join(data, 'pg_wal')]);
    await writeFile(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    const { uid, gid } = await stat(from);
    await run('chown', ['-R', `${uid}:${gid}`, join(to, 'postgres')]);
    await chmod(join(to, 'postgres'), 0o700);
    await chmod(data, 0o700);
  } finally {
    await client.end();
  }
  // The password is the copy's too; the port is to be another.
  const facts = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8')) as { id: string; password: string };
  await writeFile(join(to, 'postgres.json'), JSON.stringify({ id: facts.id, password: facts.password }), { mode: 0o600 });
}
